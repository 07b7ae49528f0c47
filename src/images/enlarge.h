// Pixels made larger.
#pragma once

#include <cstdint>

#include "images/image.h"

namespace vae {

/// Each pixel as a square of `factor` x `factor` of them, factor >= 1.
Image enlarge(const Image& image, int64_t factor);

}  // namespace vae
