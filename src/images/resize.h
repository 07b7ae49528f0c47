// Resampling to another size.
#pragma once

#include <cstdint>

#include "images/image.h"

namespace vae {

enum class Resampling {
  area,     // each target pixel is the exact average of the source area it covers (bilinear when enlarging)
  bicubic,  // Keys 1981 with a = -0.5, widened when shrinking so that nothing aliases
};

Image resize(const Image& image, int64_t width, int64_t height, Resampling method);

/// Scales the picture until it just covers width x height, then takes the centre.
Image resize_and_crop(const Image& image, int64_t width, int64_t height, Resampling method);

}  // namespace vae
