// Inverting monotone functions.
#pragma once

#include <functional>

#include "core/tensor.h"

namespace vae {

/// The x in [low, high] at which an elementwise increasing function takes the values `target`, in float64 and
/// to 2^-60 of the interval; an end of it where the function does not.
Tensor invert_increasing(const std::function<Tensor(const Tensor&)>& increasing, const Tensor& target,
                         double low, double high);

}  // namespace vae
