// Transparent pixels over a background.
#pragma once

#include <array>
#include <cstdint>

#include "images/image.h"

namespace vae {

/// A picture of 2 or 4 channels, the last of them alpha, mixed with `background` (its luma where there is one
/// colour channel) in 8-bit sRGB values, as browsers do; a picture of 1 or 3 channels as it is.
Image without_alpha(Image image, const std::array<uint8_t, 3>& background);

}  // namespace vae
