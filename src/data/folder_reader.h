// Every picture of a folder, decoded at the size of training.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/folder_config.h"
#include "data/folder_files.h"
#include "data/pixel_cache.h"

namespace vae {

/// Where the pixels of file `index` go; called from several threads.
using PixelSink = std::function<void(int64_t index, std::span<const uint8_t> pixels)>;

/// What files were found to hold, and how many of them had to be decoded.
struct FilesRead {
  std::vector<FileRecord> records;
  int64_t decoded = 0;
};

/// Reads files one by one: looks what they hold, decodes, scales, and says what is wrong.
class FolderReader {
 public:
  /// `known`, null where there is none, spares decoding what it holds already.
  FolderReader(const FolderConfig& config, std::shared_ptr<const PixelCache> known);

  /// What each file holds; pictures go to `sink`. Bad ones are no errors here; MemoryError is one.
  FilesRead read(std::span<const FolderFile> files, int64_t threads, const PixelSink& sink);

 private:
  FileRecord read_one(const FolderFile& file, int64_t index, const PixelSink& sink);
  FileRecord read_content(const FolderFile& file, int64_t index, const PixelSink& sink);
  std::optional<int64_t> recall(const FolderFile& file) const;
  void keep_pixels(FileRecord& record, std::span<const std::byte> content, int64_t index,
                   const PixelSink& sink);

  FolderConfig config_;
  DecodeOptions decoding_;
  std::shared_ptr<const PixelCache> known_;
  std::atomic<int64_t> decoded_ = 0;
};

/// A folder's pictures with their pixels: in memory, or in a cache file.
struct FolderPictures {
  std::vector<std::string> names;  // relative to the folder
  std::vector<int64_t> rows;       // of `pixels`, one a name
  StoredPixels pixels;
  std::vector<BadPicture> bad;
  std::vector<std::string> others;  // files that are no pictures
  std::vector<std::string> circles;
  int64_t decoded = 0;  // of the pictures; the others were known
};

/// DataError where there is no such folder; MemoryError where the pixels do not fit and nothing caches them.
FolderPictures read_folder(const FolderConfig& config, const CacheConfig& cache, int64_t threads);

}  // namespace vae
