#include "distributions/discretized_logistic.h"

#include <vector>

#include "core/noise.h"
#include "distributions/logistic_levels.h"

namespace vae {

std::optional<std::string> check(const DiscretizedLogisticConfig& config) {
  if (auto complaint = check_of_decoder_output("constraint", config.constraint)) return complaint;
  return check_initial(config.initial, config.constraint, config.floor);
}

DiscretizedLogistic::Logistic DiscretizedLogistic::logistic(const Tensor& parameters) const {
  const std::vector<Tensor> halves = parameters.chunk(2, kChannelDimension);
  return {halves[0], constrain(halves[1], config_.constraint, config_.floor)};
}

Tensor DiscretizedLogistic::log_prob(const Tensor& x, const Tensor& parameters) const {
  const auto [mean, scale] = logistic(parameters);
  return sum_pixels(logistic_level_log_prob(x, mean, scale));
}

Tensor DiscretizedLogistic::mean(const Tensor& parameters) const {
  const auto [mean, scale] = logistic(parameters);
  return logistic_level_mean(mean, scale);
}

Tensor DiscretizedLogistic::sample(const Tensor& parameters, Random& random) const {
  const auto [mean, scale] = logistic(parameters);
  return logistic_level_sample(uniform(random, mean.sizes(), mean.options()), mean, scale);
}

Tensor DiscretizedLogistic::parameters_for_mean(const Tensor& mean) const {
  const Tensor raw = unconstrain(torch::full_like(mean, config_.initial), config_.constraint, config_.floor);
  return torch::cat({logistic_location_for_mean(mean, config_.initial), raw}, kChannelDimension);
}

std::shared_ptr<Likelihood> make_likelihood(const DiscretizedLogisticConfig& config, int64_t) {
  return std::make_shared<DiscretizedLogistic>(config);
}

}  // namespace vae
