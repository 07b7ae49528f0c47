#include "images/luma.h"

#include <cstddef>

namespace vae {

Image to_grey(Image image) {
  if (image.channels == 1) return image;
  const size_t count = image.pixels.size() / 3;
  for (size_t i = 0; i < count; ++i) {
    const uint8_t* rgb = &image.pixels[3 * i];
    image.pixels[i] = luma(rgb[0], rgb[1], rgb[2]);
  }
  image.pixels.resize(count);
  image.pixels.shrink_to_fit();
  image.channels = 1;
  return image;
}

}  // namespace vae
