// Small models for tests.
#pragma once

#include <memory>

#include "core/noise.h"
#include "model/vae.h"
#include "support/tensors.h"

namespace vae::test {

constexpr PictureShape kTinyPicture{.channels = 1, .height = 6, .width = 5};

inline ModelConfig tiny_config(const NetworkConfig& network, const LikelihoodConfig& likelihood) {
  ModelConfig config;
  config.latent = 3;
  config.encoder = network;
  config.decoder = network;
  config.likelihood = likelihood;
  return config;
}

inline ModelConfig tiny_config() {
  return tiny_config(MlpConfig{.hidden = {8}, .activation = Activation::tanh}, BernoulliConfig{});
}

/// A model in float64. The biases, which start at zero, get values too.
inline std::shared_ptr<Vae> tiny_model(const ModelConfig& config = tiny_config(),
                                       const PictureShape& picture = kTinyPicture) {
  auto model = std::make_shared<Vae>(config, picture, 1);
  model->to(torch::kDouble);
  const at::NoGradGuard guard;
  Random random(1, "biases");
  for (Tensor& parameter : model->parameters()) {
    parameter.add_(normal(random, parameter.sizes(), kFloat64), 0.1);
  }
  return model;
}

/// `count` binary pictures, which every likelihood has a density for.
inline Tensor binary_pictures(int64_t count, const PictureShape& picture = kTinyPicture) {
  Random random(1, "pictures");
  return bernoulli(random,
                   torch::full({count, picture.channels, picture.height, picture.width}, 0.4, kFloat64));
}

}  // namespace vae::test
