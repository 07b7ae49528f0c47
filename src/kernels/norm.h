// The norm of scattered numbers.
#pragma once

#include <span>

#include "core/tensor.h"

namespace vae {

/// The Euclidean norm of the elements of all, which are dense float32 on the processor. Sums are in double,
/// in an order that does not depend on the number of threads.
float norm_of_all(std::span<const Tensor> tensors);

}  // namespace vae
