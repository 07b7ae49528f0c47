// Some of the gradients of a flat buffer.
#pragma once

#include "core/tensor.h"

namespace vae {

/// Dense, the first element that of the buffer's element `offset`, and so on in the buffer's order.
struct GradientPiece {
  Tensor gradients;
  int64_t offset = 0;
};

}  // namespace vae
