// Scattered gradients brought together.
#pragma once

#include <span>
#include <vector>

#include "core/tensor.h"

namespace vae {

/// Copies each source to the target of the same place, which is dense, zeros where the source is undefined,
/// and gives the Euclidean norm of all: one pass, float32 on the processor. Sums are in double, in an order
/// that does not depend on the number of threads.
float copy_and_norm(std::span<const Tensor> sources, std::span<const Tensor> targets);

}  // namespace vae
