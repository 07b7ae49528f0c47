#include "data/pixel_cache.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include "core/error.h"

namespace vae {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

// Header, up to kRowsBegin; the rows; the table: an Entry for each file, then their names and errors.
constexpr uint64_t kRowsBegin = 4096;
constexpr std::array<char, 16> kMagic = {'v', 'a', 'e', ' ', 'p', 'i', 'x', 'e', 'l', 's', ' ', '1', '\n'};

struct Header {
  std::array<char, 16> magic = kMagic;
  Digest key;
  uint64_t rows = 0;
  uint64_t row_size = 0;
  uint64_t table_size = 0;
  Digest table;
  Digest own;  // of all that is above

  uint64_t table_begin() const { return kRowsBegin + rows * row_size; }
};

struct Entry {
  FileStamp stamp;
  Digest content;
  uint64_t pixels = 0;
  FileKind kind = FileKind::other;
  uint32_t name_size = 0;
  uint32_t error_size = 0;
  uint32_t unused = 0;
};

// Written as they lie in memory.
static_assert(std::has_unique_object_representations_v<Header>);
static_assert(std::has_unique_object_representations_v<Entry>);

Digest own_digest(const Header& header) {
  return digest(std::as_bytes(std::span(&header, 1)).first(offsetof(Header, own)));
}

/// Thrown and caught within this file.
struct Damaged {};

void expect(bool holds) {
  if (!holds) throw Damaged();
}

template <class T>
T read(std::span<const std::byte> bytes, uint64_t offset) {
  static_assert(std::is_trivially_copyable_v<T>);
  expect(offset <= bytes.size() && sizeof(T) <= bytes.size() - offset);
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

Header read_header(std::span<const std::byte> file) {
  const auto header = read<Header>(file, 0);
  expect(header.magic == kMagic && header.own == own_digest(header));
  return header;
}

std::vector<FileRecord> read_table(std::span<const std::byte> table, uint64_t count) {
  expect(count <= table.size() / sizeof(Entry));
  std::span<const std::byte> texts = table.subspan(count * sizeof(Entry));
  const auto take_text = [&](uint64_t size) {
    expect(size <= texts.size());
    const std::string text(reinterpret_cast<const char*>(texts.data()), size);
    texts = texts.subspan(size);
    return text;
  };
  std::vector<FileRecord> files;
  files.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    const auto entry = read<Entry>(table, i * sizeof(Entry));
    std::string name = take_text(entry.name_size);
    std::string error = take_text(entry.error_size);
    files.push_back({.name = std::move(name),
                     .stamp = entry.stamp,
                     .content = entry.content,
                     .kind = entry.kind,
                     .error = std::move(error),
                     .pixels = entry.pixels});
  }
  return files;
}

std::vector<std::byte> make_table(std::span<const FileRecord> files) {
  std::vector<std::byte> table(files.size() * sizeof(Entry));
  const auto append = [&](std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    table.insert(table.end(), bytes.begin(), bytes.end());
  };
  for (size_t i = 0; i < files.size(); ++i) {
    const FileRecord& file = files[i];
    const Entry entry{.stamp = file.stamp,
                      .content = file.content,
                      .pixels = file.pixels,
                      .kind = file.kind,
                      .name_size = static_cast<uint32_t>(file.name.size()),
                      .error_size = static_cast<uint32_t>(file.error.size())};
    std::memcpy(table.data() + i * sizeof(Entry), &entry, sizeof(Entry));
    append(file.name);
    append(file.error);
  }
  return table;
}

void expect_room(const std::filesystem::path& path, uint64_t size) {
  std::error_code unknown;
  const std::filesystem::space_info space = std::filesystem::space(path.parent_path(), unknown);
  if (unknown || space.available >= size) return;
  throw IoError("{}: needs {} bytes, the file system has {} left; free some space", path.string(), size,
                space.available);
}

}  // namespace

uint64_t pixels_digest(std::span<const uint8_t> pixels) { return digest(std::as_bytes(pixels)).low; }

PixelCache::PixelCache(const std::filesystem::path& path, const Digest& key, uint64_t row_size)
    : file_(std::make_shared<const MappedFile>(path)), row_size_(row_size) {
  const std::span<const std::byte> bytes = file_->bytes();
  const Header header = read_header(bytes);
  expect(header.key == key && header.row_size == row_size);
  expect(header.rows <= bytes.size() / std::max<uint64_t>(row_size, 1));
  expect(header.table_size <= bytes.size() && header.table_begin() == bytes.size() - header.table_size);
  const std::span<const std::byte> table = bytes.subspan(header.table_begin());
  expect(digest(table) == header.table);
  files_ = read_table(table, header.rows);
  for (size_t i = 0; i < files_.size(); ++i) {
    if (files_[i].kind == FileKind::picture) by_content_.emplace_back(files_[i].content, i);
  }
  std::ranges::sort(by_content_);
}

std::shared_ptr<const PixelCache> PixelCache::open(const std::filesystem::path& path, const Digest& key,
                                                   uint64_t row_size) {
  std::error_code unknown;
  if (!std::filesystem::exists(path, unknown)) return nullptr;
  try {
    return std::shared_ptr<const PixelCache>(new PixelCache(path, key, row_size));
  } catch (const Damaged&) {
    spdlog::warn("{}: is damaged or of another program; the pictures are read anew", path.string());
  } catch (const IoError& error) {
    spdlog::warn("{}; the pictures are read anew", error.what());
  }
  return nullptr;
}

std::span<const uint8_t> PixelCache::rows() const {
  const auto rows = file_->bytes().subspan(kRowsBegin, files_.size() * row_size_);
  return {reinterpret_cast<const uint8_t*>(rows.data()), rows.size()};
}

std::span<const uint8_t> PixelCache::row(int64_t index) const {
  return rows().subspan(static_cast<uint64_t>(index) * row_size_, row_size_);
}

StoredPixels PixelCache::pixels() const {
  file_->expect_jumps();
  return {.owner = file_, .bytes = rows(), .are_mapped = true};
}

bool PixelCache::is_intact(int64_t index) const {
  const FileRecord& file = this->file(index);
  return file.kind != FileKind::picture || pixels_digest(row(index)) == file.pixels;
}

std::optional<int64_t> PixelCache::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(files_, name, {}, &FileRecord::name);
  if (found == files_.end() || found->name != name) return std::nullopt;
  return found - files_.begin();
}

std::optional<int64_t> PixelCache::find(const Digest& content) const {
  const auto found = std::ranges::lower_bound(by_content_, content, {}, &std::pair<Digest, int64_t>::first);
  if (found == by_content_.end() || found->first != content) return std::nullopt;
  return found->second;
}

PixelCacheWriter::PixelCacheWriter(const std::filesystem::path& path, const Digest& key, uint64_t rows,
                                   uint64_t row_size)
    : file_(path), key_(key), rows_(rows), row_size_(row_size) {
  expect_room(path, rows * row_size);
}

void PixelCacheWriter::write_row(int64_t index, std::span<const uint8_t> pixels) {
  file_.write_at(kRowsBegin + static_cast<uint64_t>(index) * row_size_, std::as_bytes(pixels));
}

void PixelCacheWriter::commit(std::span<const FileRecord> files) {
  const std::vector<std::byte> table = make_table(files);
  Header header{.key = key_,
                .rows = rows_,
                .row_size = row_size_,
                .table_size = table.size(),
                .table = digest(table),
                .own = {}};
  header.own = own_digest(header);
  file_.write_at(header.table_begin(), table);
  file_.write_at(0, std::as_bytes(std::span(&header, 1)));
  file_.commit(Durability::until_power_fails);  // what is lost then is seen by its digest
}

}  // namespace vae
