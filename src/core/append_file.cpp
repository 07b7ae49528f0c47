#include "core/append_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.h"

namespace vae {

AppendFile::AppendFile(const std::filesystem::path& path)
    : path_(path), descriptor_(open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) throw IoError("{}: can't be opened for appending: {}", path.string(), strerror(errno));
}

AppendFile::~AppendFile() { close(descriptor_); }

bool AppendFile::empty() const {
  struct stat status {};
  if (fstat(descriptor_, &status) != 0) {
    throw IoError("{}: can't be examined: {}", path_.string(), strerror(errno));
  }
  return status.st_size == 0;
}

void AppendFile::append(std::string_view bytes) {
  // The first write takes everything but on a signal or a full disk.
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw IoError("{}: can't be written: {}", path_.string(), strerror(errno));
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace vae
