// Changes PNG files and makes the checksums of their chunks right again: else hardly one would get further
// than its first chunk.
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

constexpr size_t kBefore = 1 + 8;  // the byte of choices, the signature

uint32_t read_big_endian(std::span<const uint8_t> bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

void write_big_endian(std::span<uint8_t> bytes, uint32_t value) {
  for (size_t i = 0; i < 4; ++i) bytes[i] = static_cast<uint8_t>(value >> (24 - 8 * i));
}

/// A chunk is its length, its type, as many bytes, and the checksum of type and bytes.
void make_checksums_right(std::span<uint8_t> chunks) {
  while (chunks.size() >= 12) {
    const size_t length = std::min<size_t>(read_big_endian(chunks), chunks.size() - 12);
    const auto sum = crc32(0, chunks.data() + 4, static_cast<uInt>(length + 4));
    write_big_endian(chunks.subspan(8 + length), static_cast<uint32_t>(sum));
    chunks = chunks.subspan(12 + length);
  }
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned) {
  const size_t changed = LLVMFuzzerMutate(data, size, max_size);
  if (changed > kBefore) make_checksums_right(std::span(data, changed).subspan(kBefore));
  return changed;
}
