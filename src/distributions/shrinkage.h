// Pixels drawn inwards from 0 and 1, where some densities are infinite.
#pragma once

#include <cmath>

#include "core/tensor.h"

namespace vae {

/// x' = alpha + (1 - 2 alpha) x, from [0, 1] into [alpha, 1 - alpha], for densities over x' in (0, 1). The
/// density of x is p(x') (1 - 2 alpha), over (-alpha / (1 - 2 alpha), 1 + alpha / (1 - 2 alpha)).
struct Shrinkage {
  double alpha;

  double slope() const { return 1 - 2 * alpha; }
  Tensor shrink(const Tensor& x) const { return alpha + slope() * x; }
  Tensor stretch(const Tensor& shrunk) const { return (shrunk - alpha) / slope(); }

  /// log |dx' / dx|, in nats for each dimension.
  double log_derivative() const { return std::log1p(-2 * alpha); }
};

/// A fifth of a level of 8 bits: black stays apart from the level beside it, and log x' above -7.
inline constexpr double kDefaultAlpha = 1e-3;

}  // namespace vae
