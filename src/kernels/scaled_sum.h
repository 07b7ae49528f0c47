// Sums of everything.
#pragma once

#include "core/tensor.h"

namespace vae {

/// scale times the sum of all elements: a scalar. float32 on the processor is one operation each way, and
/// adds in double what blocks of 512 elements come to.
Tensor scaled_sum(const Tensor& x, double scale);

/// The mean of all elements.
inline Tensor mean_of_all(const Tensor& x) { return scaled_sum(x, 1 / static_cast<double>(x.numel())); }

namespace reference {
Tensor scaled_sum(const Tensor& x, double scale);
}

}  // namespace vae
