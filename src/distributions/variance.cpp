#include "distributions/variance.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "distributions/likelihood.h"

namespace vae {
namespace {

// The moving average looks back over some hundred batches.
constexpr double kDecay = 0.99;

template <class Config>
Tensor initial_raw(const Config& config, torch::IntArrayRef shape) {
  return unconstrain(torch::full(shape, config.initial), config.constraint, config.floor);
}

template <class Config>
Tensor log_variance_of(const Config& config, const Tensor& raw) {
  return torch::log(constrain(raw, config.constraint, config.floor));
}

}  // namespace

std::optional<std::string> check(const LearnedVarianceConfig& config) {
  return check_initial(config.initial, config.constraint, config.floor);
}

std::optional<std::string> check(const PerChannelVarianceConfig& config) {
  return check_initial(config.initial, config.constraint, config.floor);
}

std::optional<std::string> check(const PerPixelVarianceConfig& config) {
  if (auto complaint = check_of_decoder_output("constraint", config.constraint)) return complaint;
  return check_initial(config.initial, config.constraint, config.floor);
}

std::optional<std::string> check_has_density(const VarianceConfig& variance, std::string_view type) {
  if (!variance.is<OptimalVarianceConfig>()) return std::nullopt;
  return fmt::format(
      "variance: \"optimal\" is the closed form of type \"gaussian\", and \"{}\" has none; use \"learned\", "
      "\"per_channel\" or \"per_pixel\"",
      type);
}

Variance::Variance(const VarianceConfig& config, int64_t channels) : config_(config) {
  if (const auto* learned = config_.get_if<LearnedVarianceConfig>()) {
    raw_ = register_parameter("raw", initial_raw(*learned, {}));
  } else if (const auto* per_channel = config_.get_if<PerChannelVarianceConfig>()) {
    raw_ = register_parameter("raw", initial_raw(*per_channel, {channels, 1, 1}));
  } else if (const auto* optimal = config_.get_if<OptimalVarianceConfig>()) {
    average_ = register_buffer("average", torch::tensor({optimal->initial, 1.0}, torch::kFloat));
  }
}

int64_t Variance::parameter_channels(int64_t channels) const {
  return config_.is<PerPixelVarianceConfig>() ? 2 * channels : channels;
}

GaussianMoments Variance::moments(const Tensor& parameters) const {
  if (const auto* per_pixel = config_.get_if<PerPixelVarianceConfig>()) {
    const std::vector<Tensor> halves = parameters.chunk(2, kChannelDimension);
    return {halves[0], log_variance_of(*per_pixel, halves[1])};
  }
  const auto type = parameters.scalar_type();
  if (const auto* learned = config_.get_if<LearnedVarianceConfig>()) {
    return {parameters, log_variance_of(*learned, raw_.to(type))};
  }
  if (const auto* per_channel = config_.get_if<PerChannelVarianceConfig>()) {
    return {parameters, log_variance_of(*per_channel, raw_.to(type))};
  }
  if (const auto* optimal = config_.get_if<OptimalVarianceConfig>()) {
    return {parameters, torch::log((average_[0] / average_[1]).clamp_min(optimal->floor)).to(type)};
  }
  const double value = config_.get_if<FixedVarianceConfig>()->value;
  return {parameters, torch::full({}, std::log(value), parameters.options())};
}

double Variance::initial() const {
  return config_.visit([](const auto& row) {
    if constexpr (requires { row.value; }) {
      return row.value;
    } else {
      return row.initial;
    }
  });
}

Tensor Variance::parameters_for(const Tensor& mean) const {
  const auto* per_pixel = config_.get_if<PerPixelVarianceConfig>();
  if (!per_pixel) return mean;
  const Tensor raw =
      unconstrain(torch::full_like(mean, per_pixel->initial), per_pixel->constraint, per_pixel->floor);
  return torch::cat({mean, raw}, kChannelDimension);
}

bool Variance::follows_errors() const { return config_.is<OptimalVarianceConfig>() && is_training(); }

Tensor Variance::log_of_errors(const Tensor& squared_errors) const {
  // At the maximum the derivative with respect to the variance is zero: the gradient needs no path through
  // it.
  const torch::NoGradGuard no_grad;
  const Tensor variance = squared_errors.mean().clamp_min(config_.get_if<OptimalVarianceConfig>()->floor);
  const Tensor batch = torch::stack({variance, torch::ones_like(variance)}).to(average_.scalar_type());
  // A batch that diverged is skipped by the optimizer, and here.
  average_.copy_(torch::where(torch::isfinite(variance), kDecay * average_ + batch, average_));
  return torch::log(variance);
}

void Variance::project() {
  if (const auto* learned = config_.get_if<LearnedVarianceConfig>()) {
    vae::project(raw_, learned->constraint, learned->floor);
  } else if (const auto* per_channel = config_.get_if<PerChannelVarianceConfig>()) {
    vae::project(raw_, per_channel->constraint, per_channel->floor);
  }
}

}  // namespace vae
