// The tensor type under its short name.
#pragma once

#include <torch/types.h>

namespace vae {

using torch::Tensor;

}  // namespace vae
