// Where in a picture a model is surprised.
#pragma once

#include "core/tensor.h"
#include "distributions/likelihood.h"

namespace vae {

/// -log p(x_ij | parameters) of each pixel, in nats, summed over its channels, x [N, C, H, W]: [N, H, W]. Its
/// sum is -log p(x | parameters): given z all likelihoods here factorise over pixels.
Tensor surprise(const Likelihood& likelihood, const Tensor& x, const Tensor& parameters);

}  // namespace vae
