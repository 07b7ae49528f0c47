#include "distributions/logit_normal.h"

#include <cmath>

#include "core/noise.h"
#include "distributions/bisection.h"
#include "distributions/normal.h"
#include "distributions/quadrature.h"

namespace vae {
namespace {

// Mean pixels nearer to 0 or 1 than this start there.
constexpr double kEdge = 5e-3;

// E[s(mu + sigma t)], t ~ N(0, 1), by Gauss and Hermite: the poles of s lie pi / sigma from the real line,
// far enough for 32 nodes where sigma <= 1.
Tensor mean_of_narrow(const Tensor& mu, const Tensor& sigma) {
  static const std::vector<QuadratureNode> kNodes = gauss_hermite(32);
  Tensor sum = torch::zeros_like(mu);
  for (const auto& [t, weight] : kNodes) sum += weight * torch::sigmoid(mu + sigma * t);
  return sum;
}

// The same with the roles exchanged: s(y) = P(r < y), r logistic, so that E[s(y)] = E[Phi((mu - r) / sigma)],
// and Phi is smooth where sigma >= 1. The trapezoidal rule on the logistic density, whose poles lie pi from
// the real line, errs by e^(-2 pi^2 / step) (Trefethen and Weideman 2014).
Tensor mean_of_wide(const Tensor& mu, const Tensor& sigma) {
  constexpr double kStep = 0.5, kEnd = 40;
  Tensor sum = torch::zeros_like(mu);
  for (double r = -kEnd; r <= kEnd; r += kStep) {
    const double density = 0.25 / std::pow(std::cosh(r / 2), 2);
    sum += kStep * density * torch::special_ndtr((mu - r) / sigma);
  }
  return sum;
}

Tensor mean_of_sigmoid(const GaussianMoments& moments) {
  const auto type = moments.mean.scalar_type();
  const Tensor mu = moments.mean.to(torch::kDouble);
  const Tensor sigma = torch::exp(0.5 * moments.log_variance.to(torch::kDouble));
  const Tensor narrow = mean_of_narrow(mu, sigma.clamp_max(1));
  return torch::where(sigma < 1, narrow, mean_of_wide(mu, sigma.clamp_min(1))).to(type);
}

}  // namespace

std::optional<std::string> check(const LogitNormalConfig& config) {
  return check_has_density(config.variance, LogitNormalConfig::kType);
}

LogitNormal::LogitNormal(const LogitNormalConfig& config, int64_t channels)
    : shrinkage_{config.alpha},
      variance_(register_module("variance", std::make_shared<Variance>(config.variance, channels))) {}

int64_t LogitNormal::parameter_channels(int64_t channels) const {
  return variance_->parameter_channels(channels);
}

Tensor LogitNormal::log_prob(const Tensor& x, const Tensor& parameters) const {
  const auto [mean, log_variance] = variance_->moments(parameters);
  const Tensor log_white = torch::log(shrinkage_.shrink(x));
  const Tensor log_black = torch::log(shrinkage_.shrink(1 - x));
  const Tensor log_density = normal_log_prob(log_white - log_black, mean, log_variance);
  return sum_pixels(log_density - log_white - log_black + shrinkage_.log_derivative());
}

Tensor LogitNormal::mean(const Tensor& parameters) const {
  return shrinkage_.stretch(mean_of_sigmoid(variance_->moments(parameters)));
}

Tensor LogitNormal::sample(const Tensor& parameters, Random& random) const {
  const auto [mean, log_variance] = variance_->moments(parameters);
  const Tensor y = mean + torch::exp(0.5 * log_variance) * normal(random, mean.sizes(), mean.options());
  return shrinkage_.stretch(torch::sigmoid(y));
}

Tensor LogitNormal::parameters_for_mean(const Tensor& mean) const {
  const Tensor target = shrinkage_.shrink(mean.to(torch::kDouble).clamp(kEdge, 1 - kEdge));
  const Tensor log_variance = torch::full_like(target, std::log(variance_->initial()));
  const double reach = 10 + 10 * std::sqrt(variance_->initial());  // of the sigmoid, and of the Gaussian
  const auto mean_of = [&](const Tensor& mu) { return mean_of_sigmoid({mu, log_variance}); };
  return variance_->parameters_for(invert_increasing(mean_of, target, -reach, reach).to(mean.scalar_type()));
}

std::shared_ptr<Likelihood> make_likelihood(const LogitNormalConfig& config, int64_t channels) {
  return std::make_shared<LogitNormal>(config, channels);
}

}  // namespace vae
