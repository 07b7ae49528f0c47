// Random pixels of bytes.
#pragma once

#include "core/random.h"
#include "core/tensor.h"

namespace vae {

/// What bernoulli(random, bytes / 255) gives of uint8 on the processor, as float32, in one pass.
Tensor bernoulli_of_bytes(Random& random, const Tensor& bytes);

}  // namespace vae
