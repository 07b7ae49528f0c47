// The scalar normal density, shared by all that is Gaussian.
#pragma once

#include "core/tensor.h"

namespace vae {

/// log N(x; mean, exp(log_variance)) elementwise, in nats; the arguments broadcast.
Tensor normal_log_prob(const Tensor& x, const Tensor& mean, const Tensor& log_variance);

}  // namespace vae
