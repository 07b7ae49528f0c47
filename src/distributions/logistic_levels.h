// The logistic distribution rounded to the 256 levels of a pixel of 8 bits.
#pragma once

#include "core/tensor.h"

namespace vae {

inline constexpr int kLevels = 256;

/// log P(x) elementwise, x = k / 255: the logistic probability of the half level to either side, and of the
/// whole tail at 0 and 255. Salimans et al. 2017, "PixelCNN++", section 2.1, without its lower bound on the
/// probability. The scale must be positive; the arguments broadcast.
Tensor logistic_level_log_prob(const Tensor& x, const Tensor& mean, const Tensor& scale);

/// E[x], exactly: sum_k P(x >= k / 255) / 255.
Tensor logistic_level_mean(const Tensor& mean, const Tensor& scale);

/// Draws of x for u uniform on (0, 1).
Tensor logistic_level_sample(const Tensor& u, const Tensor& mean, const Tensor& scale);

/// The mean of the logistic that has the given E[x], for one scale; E[x] nearer to 0 or 1 than half a percent
/// is drawn there.
Tensor logistic_location_for_mean(const Tensor& mean, double scale);

}  // namespace vae
