// Reading whole files, and replacing them so that a reader never sees half of one.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/file_descriptor.h"

namespace vae {

/// By which a file is known to be what it was. Times in nanoseconds since 1970; `changed` moves with whatever
/// happens to the file, also where a program sets `modified` back.
struct FileStamp {
  uint64_t size = 0;
  int64_t modified = 0;
  int64_t changed = 0;

  bool operator==(const FileStamp&) const = default;
};

FileStamp file_stamp(const struct stat& status);

/// Of the regular file that `path` leads to; nothing where it leads to none.
std::optional<FileStamp> file_stamp(const std::filesystem::path& path);

/// The bytes of a regular file. IoError when it can't be read or is larger than `limit` bytes.
std::vector<std::byte> read_file(const std::filesystem::path& path, uint64_t limit = UINT64_MAX);

/// Its first `count` bytes, or all where it has fewer.
std::vector<std::byte> read_file_start(const std::filesystem::path& path, uint64_t count);

/// In the name of every file that is not complete yet, behind that of the file it will replace.
constexpr std::string_view kTemporaryMark = ".tmp-";

enum class Durability { always, until_power_fails };

/// A file that takes the place of `target` once it is complete. Until then no reader sees it, and it
/// disappears with the object, on most file systems also with the process. IoError where it can't be written.
class FileReplacement {
 public:
  explicit FileReplacement(const std::filesystem::path& target);
  ~FileReplacement();
  FileReplacement(const FileReplacement&) = delete;
  FileReplacement& operator=(const FileReplacement&) = delete;

  /// Behind all that was appended.
  void append(std::span<const std::byte> bytes);

  /// Wherever it belongs, from any thread; what no one writes reads as zeros.
  void write_at(uint64_t offset, std::span<const std::byte> bytes);

  /// Takes the target's place; by fsync, rename and fsync of the folder, or by the rename alone.
  void commit(Durability durability = Durability::always);

 private:
  void take_name(const std::function<bool()>& create);

  std::filesystem::path target_;
  std::filesystem::path temporary_;  // empty where the file has no name
  FileDescriptor file_;
  uint64_t size_ = 0;
};

/// Replaces `path` by the concatenation of `parts`: written to a temporary file in the same folder, fsync,
/// rename, fsync of the folder. On IoError the old file is intact and the temporary one is gone.
void write_file_atomically(const std::filesystem::path& path,
                           std::span<const std::span<const std::byte>> parts);
void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file_atomically(const std::filesystem::path& path, std::string_view text);

/// Makes `to` another name of the file `from`, atomically, or a copy of it where the file system has no
/// second names. For files that are only ever replaced, never changed; until the next fsync of the folder a
/// power failure may bring the old file back.
void link_file(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace vae
