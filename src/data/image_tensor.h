// Pictures as tensors, and back.
#pragma once

#include <vector>

#include "core/tensor.h"
#include "images/image.h"

namespace vae {

/// x [N, C, H, W] in [0, 1], C 1 or 3, to bytes round(255 x).
std::vector<Image> to_images(const Tensor& x);

}  // namespace vae
