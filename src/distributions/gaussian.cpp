#include "distributions/gaussian.h"

#include <cmath>

#include "core/noise.h"
#include "distributions/normal.h"

namespace vae {
namespace {

constexpr int64_t kChannelDimension = -3;

}  // namespace

Gaussian::Gaussian(const VarianceConfig& variance) : variance_(variance) {
  if (const auto* learned = variance_.get_if<LearnedVarianceConfig>()) {
    log_variance_ =
        register_parameter("log_variance", torch::full({}, std::log(learned->initial), torch::kFloat));
  }
}

int64_t Gaussian::parameter_channels(int64_t channels) const {
  return variance_.get_if<PerPixelVarianceConfig>() ? 2 * channels : channels;
}

Gaussian::Moments Gaussian::moments(const Tensor& parameters) const {
  const auto constant = [&](double value) { return torch::full({}, value, parameters.options()); };
  if (const auto* fixed = variance_.get_if<FixedVarianceConfig>()) {
    return {parameters, constant(std::log(fixed->value))};
  }
  if (variance_.get_if<LearnedVarianceConfig>())
    return {parameters, log_variance_.to(parameters.scalar_type())};

  const std::vector<Tensor> halves = parameters.chunk(2, kChannelDimension);
  // log(floor + exp(s)) as a log-sum-exp, so that a large s does not overflow on its way.
  const Tensor log_floor = constant(std::log(variance_.get_if<PerPixelVarianceConfig>()->floor));
  return {halves[0], torch::logaddexp(halves[1], log_floor)};
}

Tensor Gaussian::log_prob(const Tensor& x, const Tensor& parameters) const {
  const auto [mean, log_variance] = moments(parameters);
  return sum_pixels(normal_log_prob(x, mean, log_variance));
}

Tensor Gaussian::mean(const Tensor& parameters) const { return moments(parameters).mean; }

Tensor Gaussian::sample(const Tensor& parameters, Random& random) const {
  const auto [mean, log_variance] = moments(parameters);
  return mean + torch::exp(0.5 * log_variance) * normal(random, mean.sizes(), mean.options());
}

Tensor Gaussian::parameters_for_mean(const Tensor& mean) const {
  const auto* per_pixel = variance_.get_if<PerPixelVarianceConfig>();
  if (!per_pixel) return mean;
  return torch::cat({mean, torch::full_like(mean, std::log(per_pixel->initial))}, kChannelDimension);
}

std::shared_ptr<Likelihood> make_likelihood(const GaussianConfig& config) {
  return std::make_shared<Gaussian>(config.variance);
}

}  // namespace vae
