// Sums and integrals over all values of one pixel.
#pragma once

#include <cmath>
#include <limits>
#include <numbers>

#include "core/noise.h"
#include "core/random.h"
#include "distributions/likelihoods.h"
#include "support/statistics.h"
#include "support/tensors.h"

namespace vae::test {

/// The values that a pixel may take.
struct Support {
  double low = 0;
  double high = 1;
};

template <class Row>
Support support(const Row&) {
  return {};
}
inline Support support(const GaussianConfig&) {
  return {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
}
inline Support support_of_shrunk(double alpha) {
  return {-alpha / (1 - 2 * alpha), 1 + alpha / (1 - 2 * alpha)};
}
inline Support support(const LogitNormalConfig& config) { return support_of_shrunk(config.alpha); }
inline Support support(const BetaConfig& config) { return support_of_shrunk(config.alpha); }

/// sum_i w_i f(x_i) over values of a pixel in increasing order, both [n]: the sum or integral of f.
struct PixelValues {
  Tensor x;
  Tensor weights;
};

inline PixelValues levels(int64_t count) {
  return {torch::linspace(0, 1, count, kFloat64), torch::ones({count}, kFloat64)};
}

/// The trapezoidal rule, which converges faster than any power of the step on a smooth density that vanishes
/// at both ends (Trefethen and Weideman 2014). Its scale is taken from a sample of the pixel.
inline PixelValues real_line(const Likelihood& likelihood, const Tensor& pixel) {
  constexpr int64_t kNodes = 4001;
  Random random(1, "scale");
  const Tensor draws = likelihood.sample(pixel.expand({1000, -1, 1, 1}), random);
  const auto center = draws.mean().item<double>(), reach = 12 * draws.std().item<double>();
  return {torch::linspace(center - reach, center + reach, kNodes, kFloat64),
          torch::full({kNodes}, 2 * reach / (kNodes - 1), kFloat64)};
}

/// The same on an interval after the substitution of Takahasi and Mori (1974), x = tanh(pi / 2 sinh t), under
/// which whatever is integrable at the ends vanishes there. It stops 1e-15 before them, where x has no more
/// digits.
inline PixelValues interval(const Support& support) {
  constexpr double kEnd = 3.1;
  constexpr int64_t kNodes = 4001;
  const Tensor t = torch::linspace(-kEnd, kEnd, kNodes, kFloat64);
  const Tensor inner = std::numbers::pi / 2 * torch::sinh(t);
  const Tensor from_low = torch::sigmoid(2 * inner), from_high = torch::sigmoid(-2 * inner);
  const double width = support.high - support.low;
  const Tensor x = torch::where(t < 0, support.low + width * from_low, support.high - width * from_high);
  const Tensor weights =
      width * std::numbers::pi * torch::cosh(t) * from_low * from_high * (2 * kEnd / (kNodes - 1));
  const Tensor inside = (from_low > 1e-15) & (from_high > 1e-15);
  return {x.index({inside}), weights.index({inside})};
}

/// An interval with a probability of its own at each end.
inline PixelValues interval_with_ends(const Support& support) {
  const PixelValues inside = interval(support);
  const Tensor one = torch::ones({1}, kFloat64);
  return {torch::cat({support.low * one, inside.x, support.high * one}),
          torch::cat({one, inside.weights, one})};
}

/// `pixel`: parameters [1, parameter_channels(1), 1, 1].
inline PixelValues pixel_values(const Likelihood& likelihood, const Support& support, const Tensor& pixel) {
  switch (likelihood.base_measure()) {
    case BaseMeasure::binary:
      return levels(2);
    case BaseMeasure::levels:
      return levels(256);
    case BaseMeasure::coarse_levels:
      return levels(likelihood.parameter_channels(1));  // only the categorical has coarse levels
    case BaseMeasure::mixed:
      return interval_with_ends(support);
    case BaseMeasure::density:
      return std::isinf(support.low) ? real_line(likelihood, pixel) : interval(support);
  }
  return {};
}

/// p(x_i) w_i: [n], of sum 1.
inline Tensor probabilities(const Likelihood& likelihood, const PixelValues& values, const Tensor& pixel) {
  const at::NoGradGuard no_grad;
  const int64_t n = values.x.numel();
  const Tensor log_prob = likelihood.log_prob(values.x.view({n, 1, 1, 1}), pixel.expand({n, -1, 1, 1}));
  return log_prob.exp() * values.weights;
}

/// The Kolmogorov statistic of `count` draws of a pixel after the randomised probability integral transform
/// (Brockwell 2007): the probability of all values below a draw, and a random part of that of the value
/// nearest to it, is uniform.
inline double transform_statistic(const Likelihood& likelihood, const Support& support, const Tensor& pixel,
                                  int64_t count) {
  const PixelValues values = pixel_values(likelihood, support, pixel);
  const Tensor probability = probabilities(likelihood, values, pixel);
  const Tensor below = probability.cumsum(0) - probability;
  Random random(1, "sample");
  const Tensor draws = likelihood.sample(pixel.expand({count, -1, 1, 1}), random).flatten();
  const Tensor borders = 0.5 * (values.x.slice(0, 1) + values.x.slice(0, 0, -1));
  const Tensor index = torch::searchsorted(borders, draws.contiguous());
  const Tensor part = uniform(random, {count}, kFloat64);
  return kolmogorov_statistic(below.index({index}) + part * probability.index({index}));
}

}  // namespace vae::test
