#include "images/enlarge.h"

#include <algorithm>

namespace vae {

Image enlarge(const Image& image, int64_t factor) {
  Image result{image.width * factor, image.height * factor, image.channels, {}};
  result.pixels.resize(static_cast<size_t>(result.width * result.height * result.channels));
  auto* target = result.pixels.data();
  for (int64_t y = 0; y < result.height; ++y) {
    for (int64_t x = 0; x < result.width; ++x) {
      const auto* source = image.pixels.data() + (y / factor * image.width + x / factor) * image.channels;
      target = std::copy_n(source, image.channels, target);
    }
  }
  return result;
}

}  // namespace vae
