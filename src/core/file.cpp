#include "core/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "core/error.h"
#include "core/file_descriptor.h"

namespace vae {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kNewFileMode = 0666;  // narrowed by the umask
constexpr int kTemporaryNames = 1000;  // tries before giving up; a name is taken only by a crashed run

const char* advice(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "free some space or choose another --out";
    case EACCES:
    case EPERM:
      return "check the permissions of the file and its folder";
    case EROFS:
      return "choose a path on a file system that can be written";
    case ENOENT:
      return "check the path; its folder must exist";
    case ENOTDIR:
      return "check the path; a part of it is a file, not a folder";
    case EISDIR:
      return "name a file, not a folder";
    case EFBIG:
      return "raise the file size limit (ulimit -f) or choose another file system";
    case EMFILE:
    case ENFILE:
      return "raise the limit of open files (ulimit -n)";
    default:
      return "check the file system and try again";
  }
}

[[noreturn]] void fail(const fs::path& path, const char* action, int error) {
  throw IoError("{}: {} failed: {}; {}", path.string(), action, std::generic_category().message(error),
                advice(error));
}

/// Repeats a system call for as long as signals interrupt it.
template <typename Call>
auto uninterrupted(const Call& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

FileDescriptor open_file(const fs::path& path, int flags) {
  return FileDescriptor(uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, kNewFileMode); }));
}

void write_all(const FileDescriptor& file, std::span<const std::byte> bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t count = uninterrupted([&] { return ::write(file.get(), bytes.data(), bytes.size()); });
    if (count < 0) fail(path, "writing", errno);
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
}

/// The file beside its target that takes the target's place once complete, or disappears.
class Replacement {
 public:
  explicit Replacement(const fs::path& target) : target_(target) {
    for (int attempt = 0; attempt < kTemporaryNames && !file_.is_open(); ++attempt) {
      path_ = target_;
      path_ += fmt::format(".tmp-{}-{}", ::getpid(), attempt);
      file_ = open_file(path_, O_WRONLY | O_CREAT | O_EXCL);
      if (!file_.is_open() && errno != EEXIST) break;
    }
    if (!file_.is_open()) fail(target_, "creating a temporary file beside it", errno);
  }

  ~Replacement() {
    if (!renamed_) ::unlink(path_.c_str());
  }

  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;

  void write(std::span<const std::byte> bytes) { write_all(file_, bytes, target_); }

  void rename_to_target() {
    if (uninterrupted([&] { return ::fsync(file_.get()); }) != 0) fail(target_, "fsync", errno);
    if (!file_.close()) fail(target_, "closing", errno);
    if (::rename(path_.c_str(), target_.c_str()) != 0) fail(target_, "renaming", errno);
    renamed_ = true;
  }

 private:
  fs::path target_;
  fs::path path_;
  FileDescriptor file_;
  bool renamed_ = false;
};

/// Makes the rename itself durable.
void sync_folder_of(const fs::path& path) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const FileDescriptor handle = open_file(folder, O_RDONLY | O_DIRECTORY);
  if (!handle.is_open()) fail(folder, "opening the folder", errno);
  const int result = uninterrupted([&] { return ::fsync(handle.get()); });
  const bool unsupported = result != 0 && errno == EINVAL;  // some network file systems sync on their own
  if (result != 0 && !unsupported) fail(folder, "fsync of the folder", errno);
}

/// A rename would silently replace a device such as /dev/null.
void refuse_special_target(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return;
  if (S_ISDIR(status.st_mode)) fail(path, "writing", EISDIR);
  if (!S_ISREG(status.st_mode)) {
    throw IoError("{}: not a regular file; only those are replaced, choose another path", path.string());
  }
}

uint64_t regular_file_size(const FileDescriptor& file, const fs::path& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail(path, "reading", errno);
  if (S_ISDIR(status.st_mode)) fail(path, "reading", EISDIR);
  if (!S_ISREG(status.st_mode)) {
    throw IoError("{}: not a regular file; copy its content to one first", path.string());
  }
  return static_cast<uint64_t>(status.st_size);
}

}  // namespace

std::vector<std::byte> read_file(const fs::path& path, uint64_t limit) {
  // O_NONBLOCK: opening a pipe without a writer would wait for ever; regular files ignore it.
  const FileDescriptor file = open_file(path, O_RDONLY | O_NONBLOCK);
  if (!file.is_open()) fail(path, "opening", errno);
  const uint64_t size = regular_file_size(file, path);
  if (size > limit) {
    throw IoError("{}: {} bytes, at most {} are expected here; check that it is the right file",
                  path.string(), size, limit);
  }

  std::vector<std::byte> bytes(size);
  for (std::span<std::byte> rest(bytes); !rest.empty();) {
    const ssize_t count = uninterrupted([&] { return ::read(file.get(), rest.data(), rest.size()); });
    if (count < 0) fail(path, "reading", errno);
    if (count == 0) {
      throw IoError("{}: became shorter than {} bytes while it was read; wait until its writer is done",
                    path.string(), size);
    }
    rest = rest.subspan(static_cast<size_t>(count));
  }
  return bytes;
}

void write_file_atomically(const fs::path& path, std::span<const std::span<const std::byte>> parts) {
  refuse_special_target(path);
  Replacement replacement(path);
  for (const std::span<const std::byte> part : parts) replacement.write(part);
  replacement.rename_to_target();
  sync_folder_of(path);
}

void write_file_atomically(const fs::path& path, std::span<const std::byte> bytes) {
  write_file_atomically(path, std::array{bytes});
}

void write_file_atomically(const fs::path& path, std::string_view text) {
  write_file_atomically(path, std::as_bytes(std::span(text)));
}

}  // namespace vae
