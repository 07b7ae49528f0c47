// float32 to bfloat16.
#pragma once

#include "core/tensor.h"

namespace vae {

/// x, dense float32 on the processor, rounded to the nearest bfloat16, of two the even one. NaN stays.
Tensor narrowed(const Tensor& x);

}  // namespace vae
