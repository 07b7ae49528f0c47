#include "core/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "core/error.h"

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

/// What /proc calls an open file; a file without a name gets one through it.
std::string descriptor_path(const FileDescriptor& file) {
  return fmt::format("/proc/self/fd/{}", file.get());
}

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : "."; }

/// A file that is in no folder yet and disappears with the process. Not open where the file system has none.
FileDescriptor open_nameless(const fs::path& folder) {
  if (::access("/proc/self/fd", F_OK) != 0) return FileDescriptor();
  return open_file(folder, O_WRONLY | O_TMPFILE);
}

int64_t nanoseconds(const timespec& time) { return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

/// Makes the rename itself durable.
void sync_folder_of(const fs::path& path) {
  const fs::path folder = folder_of(path);
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

/// Opened for reading, with its size.
std::pair<FileDescriptor, uint64_t> open_regular(const fs::path& path) {
  // O_NONBLOCK: opening a pipe without a writer would wait for ever; regular files ignore it.
  FileDescriptor file = open_file(path, O_RDONLY | O_NONBLOCK);
  if (!file.is_open()) fail(path, "opening", errno);
  const uint64_t size = regular_file_size(file, path);
  return {std::move(file), size};
}

/// The next `size` bytes.
std::vector<std::byte> read_bytes(const FileDescriptor& file, uint64_t size, const fs::path& path) {
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

}  // namespace

FileStamp file_stamp(const struct stat& status) {
  return {.size = static_cast<uint64_t>(status.st_size),
          .modified = nanoseconds(status.st_mtim),
          .changed = nanoseconds(status.st_ctim)};
}

std::optional<FileStamp> file_stamp(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return file_stamp(status);
}

std::vector<std::byte> read_file(const fs::path& path, uint64_t limit) {
  const auto [file, size] = open_regular(path);
  if (size > limit) {
    throw IoError("{}: {} bytes, at most {} are expected here; check that it is the right file",
                  path.string(), size, limit);
  }
  return read_bytes(file, size, path);
}

std::vector<std::byte> read_file_start(const fs::path& path, uint64_t count) {
  const auto [file, size] = open_regular(path);
  return read_bytes(file, std::min(size, count), path);
}

FileReplacement::FileReplacement(const fs::path& target) : target_(target) {
  refuse_special_target(target_);
  file_ = open_nameless(folder_of(target_));
  if (file_.is_open()) return;
  take_name([this] {
    file_ = open_file(temporary_, O_WRONLY | O_CREAT | O_EXCL);
    return file_.is_open();
  });
}

FileReplacement::~FileReplacement() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void FileReplacement::take_name(const std::function<bool()>& create) {
  for (int attempt = 0; attempt < kTemporaryNames; ++attempt) {
    temporary_ = target_;
    temporary_ += fmt::format("{}{}-{}", kTemporaryMark, ::getpid(), attempt);
    if (create()) return;
    if (errno != EEXIST) break;
  }
  temporary_.clear();
  fail(target_, "creating a temporary file beside it", errno);
}

void FileReplacement::append(std::span<const std::byte> bytes) {
  write_at(size_, bytes);
  size_ += bytes.size();
}

void FileReplacement::write_at(uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = uninterrupted(
        [&] { return ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
    if (count < 0) fail(target_, "writing", errno);
    offset += static_cast<uint64_t>(count);
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
}

void FileReplacement::commit(Durability durability) {
  const bool is_durable = durability == Durability::always;
  if (is_durable && uninterrupted([&] { return ::fsync(file_.get()); }) != 0) fail(target_, "fsync", errno);
  if (temporary_.empty()) {
    take_name([this] {
      return ::linkat(AT_FDCWD, descriptor_path(file_).c_str(), AT_FDCWD, temporary_.c_str(),
                      AT_SYMLINK_FOLLOW) == 0;
    });
  }
  if (!file_.close()) fail(target_, "closing", errno);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail(target_, "renaming", errno);
  temporary_.clear();
  if (is_durable) sync_folder_of(target_);
}

void write_file_atomically(const fs::path& path, std::span<const std::span<const std::byte>> parts) {
  FileReplacement replacement(path);
  for (const std::span<const std::byte> part : parts) replacement.append(part);
  replacement.commit();
}

void write_file_atomically(const fs::path& path, std::span<const std::byte> bytes) {
  write_file_atomically(path, std::array{bytes});
}

void write_file_atomically(const fs::path& path, std::string_view text) {
  write_file_atomically(path, std::as_bytes(std::span(text)));
}

void link_file(const fs::path& from, const fs::path& to) {
  fs::path temporary = to;
  temporary += fmt::format("{}{}", kTemporaryMark, ::getpid());
  ::unlink(temporary.c_str());
  if (::link(from.c_str(), temporary.c_str()) != 0) return write_file_atomically(to, read_file(from));
  if (::rename(temporary.c_str(), to.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    fail(to, "renaming", error);
  }
  ::unlink(temporary.c_str());  // it is still there where both were names of the same file already
}

}  // namespace vae
