// A picture as bytes.
#pragma once

#include <cstdint>
#include <vector>

namespace vae {

/// 8-bit pixels, rows from the top, channels interleaved (grey or RGB): pixels[(y * width + x) * channels +
/// c].
struct Image {
  int64_t width = 0;
  int64_t height = 0;
  int64_t channels = 0;  // 1 or 3
  std::vector<uint8_t> pixels;

  bool operator==(const Image&) const = default;
};

}  // namespace vae
