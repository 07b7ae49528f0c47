#include "distributions/gaussian.h"

#include <cmath>
#include <numbers>

#include "core/noise.h"
#include "distributions/normal.h"
#include "kernels/squared_distance.h"

namespace vae {
namespace {

// Constrained mean pixels nearer to 0 or 1 than this start there: beyond, the constraint has no gradient.
constexpr double kEdge = 5e-3;

}  // namespace

std::optional<std::string> check(const GaussianConfig& config) {
  if (!config.mean_constraint) return std::nullopt;
  return check_of_decoder_output("mean_constraint", *config.mean_constraint);
}

Gaussian::Gaussian(const GaussianConfig& config, int64_t channels)
    : mean_constraint_(config.mean_constraint),
      variance_(register_module("variance", std::make_shared<Variance>(config.variance, channels))) {}

int64_t Gaussian::parameter_channels(int64_t channels) const {
  return variance_->parameter_channels(channels);
}

GaussianMoments Gaussian::moments(const Tensor& parameters) const {
  GaussianMoments moments = variance_->moments(parameters);
  if (mean_constraint_) moments.mean = constrain(moments.mean, *mean_constraint_, /*floor=*/0);
  return moments;
}

Tensor Gaussian::log_prob(const Tensor& x, const Tensor& parameters) const {
  auto [mean, log_variance] = moments(parameters);
  if (variance_->follows_errors()) log_variance = variance_->log_of_errors((x - mean).square());
  if (log_variance.dim() > 0) return sum_pixels(normal_log_prob(x, mean, log_variance));
  const double log_two_pi = std::log(2 * std::numbers::pi);
  const auto dimensions = static_cast<double>(x[0].numel());
  return -0.5 *
         (dimensions * (log_two_pi + log_variance) + squared_distance(x, mean) * torch::exp(-log_variance));
}

Tensor Gaussian::mean(const Tensor& parameters) const { return moments(parameters).mean; }

Tensor Gaussian::sample(const Tensor& parameters, Random& random) const {
  const auto [mean, log_variance] = moments(parameters);
  return mean + torch::exp(0.5 * log_variance) * normal(random, mean.sizes(), mean.options());
}

Tensor Gaussian::parameters_for_mean(const Tensor& mean) const {
  if (!mean_constraint_) return variance_->parameters_for(mean);
  return variance_->parameters_for(unconstrain(mean.clamp(kEdge, 1 - kEdge), *mean_constraint_, /*floor=*/0));
}

std::shared_ptr<Likelihood> make_likelihood(const GaussianConfig& config, int64_t channels) {
  return std::make_shared<Gaussian>(config, channels);
}

}  // namespace vae
