// What Gaussian densities of pictures with one variance need to know of them.
#pragma once

#include "core/tensor.h"

namespace vae {

/// Sum over channels and pixels of (x - mean)^2: x [N, C, H, W] and mean [..., N, C, H, W] give [..., N].
/// float32 on the processor takes one pass each way; its error is within 1e-6 of the sum, that of the
/// derivative with respect to each mean within 2 units in the last place.
Tensor squared_distance(const Tensor& x, const Tensor& mean);

namespace reference {
Tensor squared_distance(const Tensor& x, const Tensor& mean);
}

}  // namespace vae
