#include "distributions/censored_gaussian.h"

#include <cmath>
#include <numbers>

#include "core/noise.h"
#include "distributions/bisection.h"
#include "distributions/normal.h"
#include "distributions/quadrature.h"

namespace vae {
namespace {

// Mean pixels nearer to 0 or 1 than this start there.
constexpr double kEdge = 5e-3;

// E[max(t + e, 0)], e ~ N(0, 1).
Tensor mean_of_positive_part(const Tensor& t) {
  const double scale = 1 / std::sqrt(2 * std::numbers::pi);
  return t * torch::special_ndtr(t) + scale * torch::exp(-0.5 * t.square());
}

// The integral of P(x > t) = Phi((mu - t) / sigma) over t in [0, 1]: by quadrature where Phi is smooth on
// that scale, else by its antiderivative.
Tensor mean_of(const GaussianMoments& moments) {
  static const std::vector<QuadratureNode> kNodes = gauss_legendre(16);
  const auto type = moments.mean.scalar_type();
  const Tensor mu = moments.mean.to(torch::kDouble);
  const Tensor sigma = torch::exp(0.5 * moments.log_variance.to(torch::kDouble));
  Tensor wide = torch::zeros_like(mu);
  for (const auto& [t, weight] : kNodes) wide += weight * torch::special_ndtr((mu - t - 0.5) / sigma);
  const Tensor narrow = sigma * (mean_of_positive_part(mu / sigma) - mean_of_positive_part((mu - 1) / sigma));
  return torch::where(sigma > 0.5, wide, narrow).to(type);
}

}  // namespace

std::optional<std::string> check(const CensoredGaussianConfig& config) {
  return check_has_density(config.variance, CensoredGaussianConfig::kType);
}

CensoredGaussian::CensoredGaussian(const CensoredGaussianConfig& config, int64_t channels)
    : variance_(register_module("variance", std::make_shared<Variance>(config.variance, channels))) {}

int64_t CensoredGaussian::parameter_channels(int64_t channels) const {
  return variance_->parameter_channels(channels);
}

Tensor CensoredGaussian::log_prob(const Tensor& x, const Tensor& parameters) const {
  const auto [mean, log_variance] = variance_->moments(parameters);
  const Tensor precision = torch::exp(-0.5 * log_variance);
  const Tensor at_zero = torch::special_log_ndtr(-mean * precision);
  const Tensor at_one = torch::special_log_ndtr((mean - 1) * precision);
  const Tensor between = normal_log_prob(x, mean, log_variance);
  return sum_pixels(torch::where(x <= 0, at_zero, torch::where(x >= 1, at_one, between)));
}

Tensor CensoredGaussian::mean(const Tensor& parameters) const {
  return mean_of(variance_->moments(parameters));
}

Tensor CensoredGaussian::sample(const Tensor& parameters, Random& random) const {
  const auto [mean, log_variance] = variance_->moments(parameters);
  const Tensor noise = normal(random, mean.sizes(), mean.options());
  return (mean + torch::exp(0.5 * log_variance) * noise).clamp(0, 1);
}

Tensor CensoredGaussian::parameters_for_mean(const Tensor& mean) const {
  const Tensor target = mean.to(torch::kDouble).clamp(kEdge, 1 - kEdge);
  const Tensor log_variance = torch::full_like(target, std::log(variance_->initial()));
  const double reach = 1 + 10 * std::sqrt(variance_->initial());
  const auto mean_at = [&](const Tensor& mu) { return mean_of({mu, log_variance}); };
  return variance_->parameters_for(
      invert_increasing(mean_at, target, -reach, 1 + reach).to(mean.scalar_type()));
}

std::shared_ptr<Likelihood> make_likelihood(const CensoredGaussianConfig& config, int64_t channels) {
  return std::make_shared<CensoredGaussian>(config, channels);
}

}  // namespace vae
