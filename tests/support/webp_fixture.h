// WebP files, made with libwebp.
#pragma once

#include <webp/encode.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "images/image.h"

namespace vae::test {

inline std::vector<std::byte> take_webp(uint8_t* file, size_t size) {
  const auto bytes = std::as_bytes(std::span(file, size));
  std::vector<std::byte> result(bytes.begin(), bytes.end());
  WebPFree(file);
  return result;
}

/// Keeps every pixel, also the colour of transparent ones. Of an RGB picture, or of RGBA where it has 4
/// channels.
inline std::vector<std::byte> encode_lossless_webp(const Image& image) {
  const int width = static_cast<int>(image.width);
  const int height = static_cast<int>(image.height);
  uint8_t* file = nullptr;
  const size_t size = image.channels == 4
                          ? WebPEncodeLosslessRGBA(image.pixels.data(), width, height, 4 * width, &file)
                          : WebPEncodeLosslessRGB(image.pixels.data(), width, height, 3 * width, &file);
  return take_webp(file, size);
}

inline std::vector<std::byte> encode_lossy_webp(const Image& image, float quality) {
  uint8_t* file = nullptr;
  const size_t size =
      WebPEncodeRGB(image.pixels.data(), static_cast<int>(image.width), static_cast<int>(image.height),
                    static_cast<int>(3 * image.width), quality, &file);
  return take_webp(file, size);
}

/// A WebP of other chunks than the pixels alone: "VP8X", which announces `flags` and the size, the chunks of
/// `file`, and at the end a chunk of another `name`.
inline std::vector<std::byte> extend_webp(std::span<const std::byte> file, const Image& image, uint8_t flags,
                                          std::string_view name = {}, std::span<const uint8_t> content = {}) {
  constexpr size_t kRiffHeader = 12;
  std::vector<std::byte> result(file.begin(), file.begin() + kRiffHeader);
  const auto append = [&](std::span<const std::byte> bytes) {
    result.insert(result.end(), bytes.begin(), bytes.end());
  };
  const auto append_number = [&](size_t number, int bytes) {
    for (; bytes > 0; --bytes, number >>= 8U) result.push_back(static_cast<std::byte>(number & 0xFFU));
  };
  append(std::as_bytes(std::span(std::string_view("VP8X"))));
  append_number(10, 4);
  append_number(flags, 4);
  append_number(static_cast<size_t>(image.width) - 1, 3);
  append_number(static_cast<size_t>(image.height) - 1, 3);
  append(file.subspan(kRiffHeader));
  if (!name.empty()) {
    append(std::as_bytes(std::span(name)));
    append_number(content.size(), 4);
    append(std::as_bytes(content));
  }
  const size_t riff_size = result.size() - 8;
  for (size_t i = 0; i < 4; ++i) result[4 + i] = static_cast<std::byte>(riff_size >> 8 * i & 0xFFU);
  return result;
}

}  // namespace vae::test
