#include "distributions/discretized_logistic_mixture.h"

#include <vector>

#include "core/error.h"
#include "core/noise.h"
#include "distributions/logistic_levels.h"

namespace vae {

// Tensors of a mixture are [..., K, H, W], those of one channel of pixels [..., 1, H, W].
struct DiscretizedLogisticMixture::Mixture {
  struct Channel {
    Tensor mean;
    Tensor scale;
  };
  Tensor logits;
  std::vector<Channel> channels;
  std::vector<Tensor> coefficients;  // hyperbolic tangents, for three channels

  // The means of a channel given pixels [..., C, H, W] whose channels before it are known.
  Tensor mean_given(size_t channel, const Tensor& x) const {
    const auto before = [&x](int64_t c) { return x.narrow(kChannelDimension, c, 1) - 0.5; };
    const Tensor& mean = channels[channel].mean;
    if (channel == 0) return mean;
    if (channel == 1) return mean + coefficients[0] * before(0);
    return mean + coefficients[1] * before(0) + coefficients[2] * before(1);
  }
};

namespace {

void require_channels(int64_t channels) {
  if (channels == 1 || channels == 3) return;
  throw UsageError(
      "model.likelihood.type: \"{}\" is for pictures of 1 or 3 channels, and data.train has {}; use "
      "\"discretized_logistic\" or \"categorical\"",
      DiscretizedLogisticMixtureConfig::kType, channels);
}

// The component [..., 1, H, W] that u, uniform, falls into.
Tensor choose_component(const Tensor& u, const Tensor& logits) {
  const Tensor cumulated = torch::softmax(logits, kChannelDimension).cumsum(kChannelDimension);
  const int64_t last = logits.size(kChannelDimension) - 1;  // rounding may leave the sum below u
  return (u > cumulated).sum(kChannelDimension, /*keepdim=*/true).clamp_max(last);
}

}  // namespace

std::optional<std::string> check(const DiscretizedLogisticMixtureConfig& config) {
  if (auto complaint = check_of_decoder_output("constraint", config.constraint)) return complaint;
  return check_initial(config.initial, config.constraint, config.floor);
}

DiscretizedLogisticMixture::DiscretizedLogisticMixture(const DiscretizedLogisticMixtureConfig& config,
                                                       int64_t channels)
    : config_(config) {
  require_channels(channels);
}

int64_t DiscretizedLogisticMixture::parameter_channels(int64_t channels) const {
  require_channels(channels);
  return config_.components * (channels == 1 ? 3 : 10);
}

DiscretizedLogisticMixture::Mixture DiscretizedLogisticMixture::mixture(const Tensor& parameters) const {
  const std::vector<Tensor> sets = parameters.split(config_.components, kChannelDimension);
  const size_t channels = sets.size() == 3 ? 1 : 3;
  Mixture mixture;
  mixture.logits = sets[0];
  for (size_t c = 0; c < channels; ++c) {
    const Tensor scale = constrain(sets[1 + channels + c], config_.constraint, config_.floor);
    mixture.channels.push_back({sets[1 + c], scale});
  }
  for (size_t i = 1 + 2 * channels; i < sets.size(); ++i)
    mixture.coefficients.push_back(torch::tanh(sets[i]));
  return mixture;
}

Tensor DiscretizedLogisticMixture::log_prob(const Tensor& x, const Tensor& parameters) const {
  const Mixture mixture = this->mixture(parameters);
  Tensor log_joint = torch::log_softmax(mixture.logits, kChannelDimension);
  for (size_t c = 0; c < mixture.channels.size(); ++c) {
    const Tensor pixel = x.narrow(kChannelDimension, static_cast<int64_t>(c), 1);
    log_joint =
        log_joint + logistic_level_log_prob(pixel, mixture.mean_given(c, x), mixture.channels[c].scale);
  }
  return torch::logsumexp(log_joint, kChannelDimension).sum({-2, -1});
}

Tensor DiscretizedLogisticMixture::mean(const Tensor& parameters) const {
  const Mixture mixture = this->mixture(parameters);
  if (mixture.channels.size() == 1) {
    const Tensor means = logistic_level_mean(mixture.channels[0].mean, mixture.channels[0].scale);
    return (torch::softmax(mixture.logits, kChannelDimension) * means)
        .sum(kChannelDimension, /*keepdim=*/true);
  }
  Random random(/*seed=*/0, "mean of a mixture of logistics");
  Tensor sum = sample(parameters, random);
  for (int64_t draw = 1; draw < kMeanDraws; ++draw) sum += sample(parameters, random);
  return sum / kMeanDraws;
}

Tensor DiscretizedLogisticMixture::sample(const Tensor& parameters, Random& random) const {
  const Mixture mixture = this->mixture(parameters);
  const auto channels = static_cast<int64_t>(mixture.channels.size());
  std::vector<int64_t> shape = parameters.sizes().vec();
  shape[shape.size() - 3] = 1 + channels;
  const std::vector<Tensor> u = uniform(random, shape, parameters.options()).split(1, kChannelDimension);

  const Tensor chosen = choose_component(u[0], mixture.logits);
  Tensor x = torch::zeros_like(parameters.narrow(kChannelDimension, 0, channels));
  for (int64_t c = 0; c < channels; ++c) {
    const auto i = static_cast<size_t>(c);
    const Tensor mean = mixture.mean_given(i, x).gather(kChannelDimension, chosen);
    const Tensor scale = mixture.channels[i].scale.gather(kChannelDimension, chosen);
    x.narrow(kChannelDimension, c, 1).copy_(logistic_level_sample(u[i + 1], mean, scale));
  }
  return x;
}

// All components alike, without regression on other channels: the decoder's weights tell them apart.
Tensor DiscretizedLogisticMixture::parameters_for_mean(const Tensor& mean) const {
  const Tensor location = logistic_location_for_mean(mean, config_.initial);
  const Tensor raw = unconstrain(torch::full_like(mean, config_.initial), config_.constraint, config_.floor);
  const Tensor zeros = torch::zeros_like(mean[0]).unsqueeze(0);
  std::vector<Tensor> sets = {zeros, location, raw};
  if (mean.size(0) == 3) sets.insert(sets.end(), 3, zeros);
  return torch::cat(sets, 0).repeat_interleave(config_.components, 0);
}

std::shared_ptr<Likelihood> make_likelihood(const DiscretizedLogisticMixtureConfig& config,
                                            int64_t channels) {
  return std::make_shared<DiscretizedLogisticMixture>(config, channels);
}

}  // namespace vae
