// Decoded pictures in a file, so that the next run decodes nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/digest.h"
#include "core/file.h"
#include "core/mapped_file.h"

namespace vae {

enum class FileKind : uint32_t { other, picture, bad };

/// What is known of a file of a folder once it was read.
struct FileRecord {
  std::string name;  // relative to the folder
  FileStamp stamp;   // all zero where the file must be looked at again, whatever its stamp
  Digest content;
  FileKind kind = FileKind::other;
  std::string error;    // of a bad picture
  uint64_t pixels = 0;  // digest of the decoded pixels

  bool operator==(const FileRecord&) const = default;
};

/// Pixels that stay where they are, with whatever keeps them there.
struct StoredPixels {
  std::shared_ptr<const void> owner;
  std::span<const uint8_t> bytes;
  bool are_mapped = false;  // from a file
};

/// The records of a folder's files, and as row i the pixels of file i where it is a picture. Nothing in it is
/// trusted: the records have a digest, each row has its own.
class PixelCache {
 public:
  /// Null where there is none at `path`, or it is damaged, or was made under another key or row size.
  static std::shared_ptr<const PixelCache> open(const std::filesystem::path& path, const Digest& key,
                                                uint64_t row_size);

  std::span<const FileRecord> files() const { return files_; }
  const FileRecord& file(int64_t index) const { return files_[static_cast<size_t>(index)]; }
  std::span<const uint8_t> row(int64_t index) const;

  /// All rows, one after another, for longer than this object lives; to be looked at in any order.
  StoredPixels pixels() const;

  /// Whether a record can be used: its pixels are those that were written.
  bool is_intact(int64_t index) const;

  /// The position of a file's record.
  std::optional<int64_t> find(std::string_view name) const;

  /// The position of a picture with this content, wherever the file was.
  std::optional<int64_t> find(const Digest& content) const;

 private:
  PixelCache(const std::filesystem::path& path, const Digest& key, uint64_t row_size);
  std::span<const uint8_t> rows() const;

  std::shared_ptr<const MappedFile> file_;
  uint64_t row_size_;
  std::vector<FileRecord> files_;                       // sorted by name
  std::vector<std::pair<Digest, int64_t>> by_content_;  // pictures, sorted
};

/// A new cache file. It replaces an old one at once when it is complete; who reads the old one goes on with
/// it.
class PixelCacheWriter {
 public:
  /// IoError where the file can't be written there, or the file system has not the room.
  PixelCacheWriter(const std::filesystem::path& path, const Digest& key, uint64_t rows, uint64_t row_size);

  /// Thread-safe.
  void write_row(int64_t index, std::span<const uint8_t> pixels);

  /// One record a row, sorted by name.
  void commit(std::span<const FileRecord> files);

 private:
  FileReplacement file_;
  Digest key_;
  uint64_t rows_;
  uint64_t row_size_;
};

uint64_t pixels_digest(std::span<const uint8_t> pixels);

}  // namespace vae
