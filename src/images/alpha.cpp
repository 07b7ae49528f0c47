#include "images/alpha.h"

#include <cstddef>
#include <span>
#include <utility>

#include "images/luma.h"

namespace vae {
namespace {

uint8_t mix(unsigned front, unsigned back, unsigned alpha) {
  return static_cast<uint8_t>((front * alpha + back * (255 - alpha) + 127) / 255);
}

/// Drops the last of image.channels, an alpha channel.
Image composite_over(Image image, std::span<const uint8_t> background) {
  const size_t colors = background.size();
  const size_t count = image.pixels.size() / (colors + 1);
  for (size_t i = 0; i < count; ++i) {
    const uint8_t* source = &image.pixels[i * (colors + 1)];
    const uint8_t alpha = source[colors];
    for (size_t c = 0; c < colors; ++c) image.pixels[i * colors + c] = mix(source[c], background[c], alpha);
  }
  image.pixels.resize(count * colors);
  image.pixels.shrink_to_fit();
  --image.channels;
  return image;
}

}  // namespace

Image without_alpha(Image image, const std::array<uint8_t, 3>& background) {
  switch (image.channels) {
    case 2:
      return composite_over(std::move(image), std::array{luma(background[0], background[1], background[2])});
    case 4:
      return composite_over(std::move(image), background);
    default:
      return image;
  }
}

}  // namespace vae
