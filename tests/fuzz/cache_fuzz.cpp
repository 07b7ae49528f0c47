// Whatever the bytes of a cache file: null, or records that can all be asked for. The digests are made right
// first, as an attacker would make them.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "data/pixel_cache.h"
#include "fuzz.h"

namespace {

constexpr vae::Digest kKey = {.low = 1, .high = 2};
constexpr uint64_t kRowSize = 12;
// The header's layout: see data/pixel_cache.cpp.
constexpr size_t kKeyAt = 16, kTableSizeAt = 48, kTableAt = 56, kOwnAt = 72, kHeaderSize = 88;

uint64_t number_at(const std::vector<std::byte>& file, size_t offset) {
  uint64_t number = 0;
  std::memcpy(&number, file.data() + offset, sizeof(number));
  return number;
}

void set(std::vector<std::byte>& file, size_t offset, const auto& value) {
  std::memcpy(file.data() + offset, &value, sizeof(value));
}

void make_digests_right(std::vector<std::byte>& file) {
  if (file.size() < kHeaderSize) return;
  set(file, kKeyAt, kKey);
  const uint64_t table_size = std::min<uint64_t>(number_at(file, kTableSizeAt), file.size());
  set(file, kTableAt, vae::digest(std::span(file).last(table_size)));
  set(file, kOwnAt, vae::digest(std::span(file).first(kOwnAt)));
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  spdlog::set_level(spdlog::level::off);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = vae::fuzz::bytes_of(data, size);
  std::vector<std::byte> content(bytes.begin(), bytes.end());
  make_digests_right(content);
  const vae::fuzz::MemoryFile file(content);
  const auto cache = vae::PixelCache::open(file.path(), kKey, kRowSize);
  if (!cache) return 0;
  for (int64_t i = 0; i < std::ssize(cache->files()); ++i) {
    vae::fuzz::require(cache->row(i).size() == kRowSize);
    cache->is_intact(i);
    cache->find(cache->file(i).name);
    cache->find(cache->file(i).content);
  }
  return 0;
}
