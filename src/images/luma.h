// Colour to grey.
#pragma once

#include <cstdint>

#include "images/image.h"

namespace vae {

/// ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B on the gamma-coded values, as JPEG defines its Y; 16-bit fixed
/// point, the weights add up to 65536, so that greys stay what they are.
constexpr uint8_t luma(uint8_t red, uint8_t green, uint8_t blue) {
  return static_cast<uint8_t>((19595U * red + 38470U * green + 7471U * blue + 32768U) >> 16U);
}

/// An RGB picture as its luma; a grey one as it is.
Image to_grey(Image image);

}  // namespace vae
