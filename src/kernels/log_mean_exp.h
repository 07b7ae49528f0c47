// The logarithm of a mean of exponentials.
#pragma once

#include "core/tensor.h"

namespace vae {

/// 1/power log 1/K sum_k exp(power x_k), power != 0: x [K, ...] gives [...]. float32 on the processor is one
/// operation, whose derivative, the share of each x_k, is its by-product.
Tensor log_mean_exp(const Tensor& x, double power = 1);

namespace reference {
Tensor log_mean_exp(const Tensor& x, double power);
}

}  // namespace vae
