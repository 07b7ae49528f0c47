// Pictures for tests.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>

#include "images/image.h"

namespace vae::test {

inline Image constant_picture(int64_t width, int64_t height, int64_t channels, uint8_t value) {
  return {width, height, channels,
          std::vector<uint8_t>(static_cast<size_t>(width * height * channels), value)};
}

inline Image noise(int64_t width, int64_t height, int64_t channels, uint32_t seed = 1) {
  std::mt19937 words(seed);
  Image image = constant_picture(width, height, channels, 0);
  for (uint8_t& value : image.pixels) value = static_cast<uint8_t>(words());
  return image;
}

/// Waves without sharp edges, which JPEG keeps almost as they are.
inline Image waves(int64_t width, int64_t height, int64_t channels) {
  Image image{width, height, channels, {}};
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      for (int64_t c = 0; c < channels; ++c) {
        const double phase = 0.11 * static_cast<double>(x) + 0.07 * static_cast<double>(y * (c + 1));
        image.pixels.push_back(static_cast<uint8_t>(127.5 + 100 * std::sin(phase + static_cast<double>(c))));
      }
    }
  }
  return image;
}

inline uint8_t pixel(const Image& image, int64_t x, int64_t y, int64_t channel = 0) {
  return image.pixels[static_cast<size_t>((y * image.width + x) * image.channels + channel)];
}

inline Image mirrored(const Image& image) {
  Image result{image.width, image.height, image.channels, {}};
  for (int64_t y = 0; y < image.height; ++y) {
    for (int64_t x = image.width - 1; x >= 0; --x) {
      for (int64_t c = 0; c < image.channels; ++c) result.pixels.push_back(pixel(image, x, y, c));
    }
  }
  return result;
}

}  // namespace vae::test
