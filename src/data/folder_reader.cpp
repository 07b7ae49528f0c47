#include "data/folder_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <system_error>
#include <utility>

#include "config/utf8.h"
#include "core/error.h"
#include "core/parallel.h"
#include "data/require_memory.h"
#include "images/decode.h"
#include "images/resize.h"

namespace vae {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// A larger file shows its first bytes before the rest is read: it may be a film.
constexpr uint64_t kSniffedFirst = uint64_t{1} << 20;

// Writing within one tick of the file system's clock leaves the same stamp. Linux ticks every 1 to 10 ms, but
// some file systems keep whole or even seconds only.
constexpr std::chrono::seconds kSameTick(2);

/// Tells about reading that takes long.
class ReadingLog {
 public:
  explicit ReadingLog(int64_t count) : count_(count) {}

  void add_one() {
    const int64_t done = ++done_;
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock || Clock::now() < next_) return;
    next_ = Clock::now() + kEvery;
    spdlog::info("read {} of {} pictures", done, count_);
  }

 private:
  static constexpr std::chrono::seconds kEvery{10};

  int64_t count_;
  std::atomic<int64_t> done_ = 0;
  std::mutex mutex_;
  Clock::time_point next_ = Clock::now() + kEvery;
};

bool may_change_unseen(const FileStamp& stamp) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::nanoseconds(stamp.changed) + kSameTick > now;
}

bool is_no_picture_for_sure(const fs::path& path, const FileStamp& stamp) {
  return stamp.size > kSniffedFirst && recognise(read_file_start(path, kSignatureSize)) == ImageFormat::none;
}

/// What decoded pixels depend on besides the files.
std::string transform(const FolderConfig& config) {
  return fmt::format("{}; {} x {} x {}; {}; background {}; {}", fs::weakly_canonical(config.path).string(),
                     config.height, config.width, config.channels,
                     config.resize == Resampling::area ? "area" : "bicubic",
                     fmt::join(config.background, ","), decoder_versions());
}

uint64_t row_size(const FolderConfig& config) {
  return static_cast<uint64_t>(config.height * config.width * config.channels);
}

}  // namespace

FolderReader::FolderReader(const FolderConfig& config, std::shared_ptr<const PixelCache> known)
    : config_(config), decoding_(decode_options(config)), known_(std::move(known)) {}

FilesRead FolderReader::read(std::span<const FolderFile> files, int64_t threads, const PixelSink& sink) {
  decoded_ = 0;
  std::vector<FileRecord> records(files.size());
  ReadingLog log(std::ssize(files));
  for_each_index(std::ssize(files), threads, [&](int64_t index) {
    const auto position = static_cast<size_t>(index);
    records[position] = read_one(files[position], index, sink);
    log.add_one();
  });
  return {.records = std::move(records), .decoded = decoded_};
}

/// Where a file that did not change is known, with its pixels unharmed.
std::optional<int64_t> FolderReader::recall(const FolderFile& file) const {
  const std::optional<int64_t> position = known_ ? known_->find(file.name) : std::nullopt;
  if (!position || known_->file(*position).stamp != file.stamp || !known_->is_intact(*position)) {
    return std::nullopt;
  }
  return position;
}

FileRecord FolderReader::read_one(const FolderFile& file, int64_t index, const PixelSink& sink) {
  if (const std::optional<int64_t> position = recall(file)) {
    const FileRecord& record = known_->file(*position);
    if (record.kind == FileKind::picture) sink(index, known_->row(*position));
    return record;
  }
  try {
    return read_content(file, index, sink);
  } catch (const DataError& error) {
    return {.name = file.name,
            .stamp = may_change_unseen(file.stamp) ? FileStamp{} : file.stamp,
            .content = {},
            .kind = FileKind::bad,
            .error = error.what()};
  } catch (const IoError& error) {  // which the next run need not meet
    return {.name = file.name, .stamp = {}, .content = {}, .kind = FileKind::bad, .error = error.what()};
  }
}

FileRecord FolderReader::read_content(const FolderFile& file, int64_t index, const PixelSink& sink) {
  const fs::path path = config_.path / file.name;
  FileRecord record{.name = file.name,
                    .stamp = may_change_unseen(file.stamp) ? FileStamp{} : file.stamp,
                    .content = {},
                    .error = {}};
  if (is_no_picture_for_sure(path, file.stamp) && !is_named_like_picture(path)) return record;
  const std::vector<std::byte> content = read_file(path, kMaxPictureFile);
  if (file_stamp(path) != file.stamp) {
    throw IoError("{}: changed while it was read; wait until its writer is done", printable(path));
  }
  if (recognise(content) == ImageFormat::none && !is_named_like_picture(path)) return record;
  if (detail::find_invalid_utf8(file.name)) {
    throw DataError("{}: its name is not UTF-8; rename it", printable(path));
  }
  keep_pixels(record, content, index, sink);
  return record;
}

void FolderReader::keep_pixels(FileRecord& record, std::span<const std::byte> content, int64_t index,
                               const PixelSink& sink) {
  const auto keep = [&](std::span<const uint8_t> pixels) {
    record.pixels = pixels_digest(pixels);
    sink(index, pixels);
  };
  record.kind = FileKind::picture;
  record.content = digest(content);
  const std::optional<int64_t> same = known_ ? known_->find(record.content) : std::nullopt;
  if (same && known_->is_intact(*same)) return keep(known_->row(*same));
  ++decoded_;
  const Image original = decode(content, printable(config_.path / record.name), decoding_);
  keep(resize_and_crop(original, config_.width, config_.height, config_.resize).pixels);
}

namespace {

/// Whether a cache holds what the folder holds, file for file, and nothing is harmed.
bool is_current(const PixelCache& cache, std::span<const FolderFile> files, int64_t threads) {
  const bool same_files = std::ranges::equal(
      cache.files(), files,
      [](const FileRecord& a, const FolderFile& b) { return a.name == b.name && a.stamp == b.stamp; });
  if (!same_files) return false;
  std::atomic<bool> intact = true;
  for_each_index(std::ssize(files), threads, [&](int64_t index) {
    if (intact && !cache.is_intact(index)) intact = false;
  });
  return intact;
}

FolderPictures sort_out(std::span<const FileRecord> records, StoredPixels pixels, int64_t decoded) {
  FolderPictures result;
  result.pixels = std::move(pixels);
  result.decoded = decoded;
  for (size_t i = 0; i < records.size(); ++i) {
    const FileRecord& record = records[i];
    switch (record.kind) {
      case FileKind::picture:
        result.names.push_back(record.name);
        result.rows.push_back(static_cast<int64_t>(i));
        break;
      case FileKind::bad:
        result.bad.push_back({record.name, record.error});
        break;
      case FileKind::other:
        result.others.push_back(record.name);
        break;
    }
  }
  return result;
}

FolderPictures read_into_memory(const FolderConfig& config, std::span<const FolderFile> files,
                                int64_t threads) {
  const uint64_t size = row_size(config);
  const uint64_t bytes = files.size() * size;
  require_memory(bytes, "pictures kept in memory");
  const std::shared_ptr<uint8_t[]> pixels(new uint8_t[bytes]);  // without touching what no picture fills
  const FilesRead read =
      FolderReader(config, nullptr).read(files, threads, [&](int64_t index, std::span<const uint8_t> row) {
        std::ranges::copy(row, pixels.get() + static_cast<uint64_t>(index) * size);
      });
  return sort_out(read.records, {.owner = pixels, .bytes = {pixels.get(), bytes}}, read.decoded);
}

FolderPictures read_through_cache(const FolderConfig& config, const fs::path& folder,
                                  std::span<const FolderFile> files, int64_t threads) {
  const Digest key = digest(transform(config));
  const fs::path path = folder / fmt::format("{}.pixels", to_string(key));
  const auto known = PixelCache::open(path, key, row_size(config));
  if (known && is_current(*known, files, threads)) {
    spdlog::debug("{}: holds all pictures of {}", path.string(), config.path.string());
    return sort_out(known->files(), known->pixels(), /*decoded=*/0);
  }

  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw IoError("{}: can't be created ({})", folder.string(), error.message());
  PixelCacheWriter writer(path, key, files.size(), row_size(config));
  const FilesRead read =
      FolderReader(config, known).read(files, threads, [&](int64_t index, std::span<const uint8_t> row) {
        writer.write_row(index, row);
      });
  writer.commit(read.records);
  spdlog::debug("{}: written", path.string());
  const auto cache = PixelCache::open(path, key, row_size(config));
  if (!cache || !std::ranges::equal(cache->files(), read.records)) {
    throw IoError("{}: is not what was written; another run may have replaced it, start again",
                  path.string());
  }
  return sort_out(cache->files(), cache->pixels(), read.decoded);
}

FolderPictures read_pictures(const FolderConfig& config, const CacheConfig& cache,
                             std::span<const FolderFile> files, int64_t threads) {
  const std::optional<fs::path> folder = cache_folder(cache);
  if (!folder || files.empty()) return read_into_memory(config, files, threads);
  try {
    return read_through_cache(config, *folder, files, threads);
  } catch (const IoError& error) {
    if (!cache.is<AutoCache>()) throw;
    spdlog::warn("{}; the pictures are kept in memory", error.what());
  }
  return read_into_memory(config, files, threads);
}

}  // namespace

FolderPictures read_folder(const FolderConfig& config, const CacheConfig& cache, int64_t threads) {
  FolderFiles listed = list_files(config.path);
  FolderPictures pictures = read_pictures(config, cache, listed.files, threads);
  pictures.bad.insert(pictures.bad.end(), listed.bad.begin(), listed.bad.end());
  std::ranges::sort(pictures.bad, {}, &BadPicture::name);
  pictures.circles = std::move(listed.circles);
  return pictures;
}

}  // namespace vae
