#include "images/apng.h"

#include <zlib.h>

#include <algorithm>
#include <string_view>

#include "core/error.h"
#include "core/file.h"
#include "images/png.h"

namespace vae {
namespace {

using Bytes = std::vector<std::byte>;

constexpr size_t kSignature = 8;                      // bytes before the first chunk
constexpr size_t kLength = 4, kName = 4, kCheck = 4;  // bytes of a chunk besides its data

uint32_t read_number(std::span<const std::byte> bytes) {
  uint32_t number = 0;
  for (const std::byte byte : bytes.first(4)) number = number << 8 | std::to_integer<uint32_t>(byte);
  return number;
}

void append_number(Bytes& bytes, uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<std::byte>(number >> shift & 0xff));
}

void append_short(Bytes& bytes, uint32_t number) {
  bytes.push_back(static_cast<std::byte>(number >> 8 & 0xff));
  bytes.push_back(static_cast<std::byte>(number & 0xff));
}

void append(Bytes& bytes, std::span<const std::byte> more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

void append_chunk(Bytes& file, std::string_view name, std::span<const std::byte> data) {
  append_number(file, static_cast<uint32_t>(data.size()));
  const size_t checked = file.size();
  append(file, std::as_bytes(std::span(name)));
  append(file, data);
  const auto* first = reinterpret_cast<const Bytef*>(file.data() + checked);
  append_number(file, static_cast<uint32_t>(crc32(0, first, static_cast<uInt>(kName + data.size()))));
}

/// The data of all chunks of one name in a PNG file, one after another.
Bytes data_of(std::span<const std::byte> png, std::string_view name) {
  Bytes result;
  for (auto rest = png.subspan(kSignature); !rest.empty();) {
    const size_t size = read_number(rest);
    if (std::ranges::equal(rest.subspan(kLength, kName), std::as_bytes(std::span(name)))) {
      append(result, rest.subspan(kLength + kName, size));
    }
    rest = rest.subspan(kLength + kName + size + kCheck);
  }
  return result;
}

Bytes animation_control(size_t frames) {
  Bytes data;
  append_number(data, static_cast<uint32_t>(frames));
  append_number(data, 0);  // plays: for ever
  return data;
}

Bytes frame_control(uint32_t sequence, const Image& frame, int64_t frames_per_second) {
  Bytes data;
  append_number(data, sequence);
  append_number(data, static_cast<uint32_t>(frame.width));
  append_number(data, static_cast<uint32_t>(frame.height));
  append_number(data, 0);  // left
  append_number(data, 0);  // top
  append_short(data, 1);   // seconds, over
  append_short(data, static_cast<uint32_t>(frames_per_second));
  append_short(data, 0);  // stays until the next frame, which replaces it
  return data;
}

void check_frames(std::span<const Image> frames, int64_t frames_per_second) {
  if (frames.empty() || frames_per_second < 1 || frames_per_second > 0xffff) {
    throw UsageError("an animation of {} frames, {} a second; at least 1 of both is needed", frames.size(),
                     frames_per_second);
  }
  const Image& first = frames.front();
  for (const Image& frame : frames) {
    if (frame.width == first.width && frame.height == first.height && frame.channels == first.channels)
      continue;
    throw UsageError("an animation takes frames of one shape: {} x {} x {} follows {} x {} x {}", frame.width,
                     frame.height, frame.channels, first.width, first.height, first.channels);
  }
}

}  // namespace

std::vector<std::byte> encode_apng(std::span<const Image> frames, int64_t frames_per_second) {
  check_frames(frames, frames_per_second);
  const Bytes first = encode_png(frames.front());
  Bytes file(first.begin(), first.begin() + kSignature);
  append_chunk(file, "IHDR", data_of(first, "IHDR"));
  append_chunk(file, "acTL", animation_control(frames.size()));
  append_chunk(file, "fcTL", frame_control(0, frames.front(), frames_per_second));
  append_chunk(file, "IDAT", data_of(first, "IDAT"));
  uint32_t sequence = 1;
  for (const Image& frame : frames.subspan(1)) {
    append_chunk(file, "fcTL", frame_control(sequence++, frame, frames_per_second));
    Bytes data;
    append_number(data, sequence++);
    append(data, data_of(encode_png(frame), "IDAT"));
    append_chunk(file, "fdAT", data);
  }
  append_chunk(file, "IEND", {});
  return file;
}

void write_apng(const std::filesystem::path& path, std::span<const Image> frames, int64_t frames_per_second) {
  write_file_atomically(path, encode_apng(frames, frames_per_second));
}

}  // namespace vae
