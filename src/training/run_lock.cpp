#include "training/run_lock.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>

#include <cerrno>
#include <system_error>

#include "core/error.h"

namespace vae {
namespace {

[[noreturn]] void fail(const std::filesystem::path& folder, const std::error_code& error) {
  throw IoError("{}: {}; choose another folder with --out", folder.string(), error.message());
}

std::error_code last_error() { return {errno, std::generic_category()}; }

FileDescriptor open_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail(folder, error);
  FileDescriptor handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.is_open()) fail(folder, last_error());
  return handle;
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& folder) : folder_(open_folder(folder)) {
  if (::flock(folder_.get(), LOCK_EX | LOCK_NB) == 0) return;
  if (errno == EWOULDBLOCK) {
    throw UsageError(
        "{}: another process is training into this folder; wait until it ends, or choose another --out",
        folder.string());
  }
  spdlog::warn("{}: the folder can't be locked ({}); see to it that nothing else trains into it",
               folder.string(), last_error().message());
}

}  // namespace vae
