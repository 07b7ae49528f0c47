// Models x = W z + b + sigma eps, in float64.
#pragma once

#include "support/models.h"

namespace vae::test {

constexpr PictureShape kSixPixels{.channels = 1, .height = 2, .width = 3};

inline VarianceConfig learned_variance() {
  return LearnedVarianceConfig{.floor = 1e-6, .initial = 0.2 - 1e-6};
}

/// Two latent dimensions, without an encoder.
inline ModelConfig linear_gaussian_config(const VarianceConfig& variance) {
  ModelConfig config;
  config.latent = 2;
  config.encoder = std::nullopt;
  config.decoder = MlpConfig{.hidden = {}};
  config.posterior = FullGaussianConfig{};
  config.likelihood = GaussianConfig{.variance = variance};
  return config;
}

/// Of six pixels; the bias, which starts at zero, gets values too.
inline std::shared_ptr<Vae> linear_gaussian_model(const ModelConfig& config,
                                                  const PictureShape& picture = kSixPixels) {
  auto model = std::make_shared<Vae>(config, picture, 1);
  model->to(torch::kDouble);
  const torch::NoGradGuard no_grad;
  Random random(1, "bias");
  Tensor bias = model->named_parameters()["decoder.mlp.output.bias"];
  bias.copy_(normal(random, bias.sizes(), kFloat64));
  return model;
}

}  // namespace vae::test
