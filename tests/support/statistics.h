// Samples against what they should be samples of.
#pragma once

#include <cmath>

#include "core/tensor.h"

namespace vae::test {

/// Standard errors beyond which a correct sample is found in fewer than one of a million elements; the seeds
/// are fixed, so that a test that passes does so again.
constexpr double kStandardErrors = 5;

/// Distance of the mean over the first dimension of `draws` from `expected`, in standard errors of that mean:
/// the worst element. Every element must vary.
inline double z_score(const Tensor& draws, const Tensor& expected) {
  const Tensor x = draws.to(torch::kDouble);
  const Tensor standard_error = x.std(0) / std::sqrt(static_cast<double>(x.size(0)));
  return ((x.mean(0) - expected.to(torch::kDouble)).abs() / standard_error).max().item<double>();
}

inline double z_score(const Tensor& draws, double expected) {
  return z_score(draws, torch::full_like(draws[0], expected, torch::kDouble));
}

/// sqrt(n) sup |F_n - F| over n draws whose F(x), `probabilities`, should be uniform (Kolmogorov 1933). For
/// large n it exceeds 1.95 in one of a thousand samples.
inline double kolmogorov_statistic(const Tensor& probabilities) {
  const Tensor sorted = std::get<0>(probabilities.to(torch::kDouble).reshape(-1).sort());
  const auto n = static_cast<double>(sorted.numel());
  const Tensor above = torch::arange(1, sorted.numel() + 1, torch::kDouble) / n - sorted;
  const Tensor below = above - 1 / n;
  return std::sqrt(n) * torch::maximum(above.max(), -below.min()).item<double>();
}
constexpr double kKolmogorovBound = 1.95;
/// In one of ten thousand: 2 exp(-2 s^2) = 1e-4. For tests that look at many samples.
constexpr double kStrictKolmogorovBound = 2.2253;

}  // namespace vae::test
