#include "training/shared_checkpoint.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

#include "core/error.h"
#include "core/file.h"
#include "core/file_descriptor.h"

namespace vae {
namespace {

namespace fs = std::filesystem;

/// A checkpoint from its file's bytes, by way of a file in memory.
Checkpoint load_from(std::string_view bytes, const fs::path& origin) {
  const FileDescriptor file(memfd_create("checkpoint", MFD_CLOEXEC));
  while (file.is_open() && !bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0) break;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  if (!bytes.empty()) {
    throw IoError("{}: no memory for a copy ({})", origin.string(),
                  std::error_code(errno, std::generic_category()).message());
  }
  Checkpoint checkpoint = Checkpoint::load(fmt::format("/proc/self/fd/{}", file.get()));
  checkpoint.path = origin;
  return checkpoint;
}

}  // namespace

Checkpoint load_for_all(const Group& group, const std::function<Checkpoint()>& load) {
  if (group.is_alone()) return load();
  if (!group.is_first()) {
    const fs::path path = group.broadcast_text("");
    return load_from(group.broadcast_text(""), path);
  }
  Checkpoint checkpoint = load();
  const std::vector<std::byte> bytes = read_file(checkpoint.path);
  group.broadcast_text(checkpoint.path.string());
  group.broadcast_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return checkpoint;
}

}  // namespace vae
