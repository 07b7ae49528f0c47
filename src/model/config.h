// What a model is made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/fields.h"
#include "distributions/likelihoods.h"
#include "distributions/posteriors.h"
#include "distributions/priors.h"
#include "model/networks.h"

namespace vae {

/// How a model knows the class of each picture (Kingma, Rezende, Mohamed and Welling 2014; Sohn, Lee and Yan
/// 2015).
struct ConditionConfig {
  int64_t embedding = 16;
  bool prior = false;
  bool operator==(const ConditionConfig&) const = default;
};

inline constexpr auto fields(Tag<ConditionConfig>) {
  return std::tuple{
      field("embedding", &ConditionConfig::embedding, closed(1, 1 << 16),
            "Numbers that stand for a class in encoder and decoder; they are learned."),
      field("prior", &ConditionConfig::prior, "Whether the prior depends on the class too."),
  };
}

struct ModelConfig {
  int64_t latent = 20;
  std::optional<NetworkConfig> encoder = NetworkConfig{};
  NetworkConfig decoder = {};
  PosteriorConfig posterior = {};
  PriorConfig prior = {};
  LikelihoodConfig likelihood = {};
  std::optional<ConditionConfig> condition;
  bool operator==(const ModelConfig&) const = default;
};

inline constexpr auto fields(Tag<ModelConfig>) {
  return std::tuple{
      field("latent", &ModelConfig::latent, closed(1, 1 << 20), "Dimensions of z."),
      field("encoder", &ModelConfig::encoder,
            "Network from picture to posterior; null where `inference` does without."),
      field("decoder", &ModelConfig::decoder, "Network from z to the likelihood's parameters."),
      field("posterior", &ModelConfig::posterior, "q(z | x)."),
      field("prior", &ModelConfig::prior, "p(z)."),
      field("likelihood", &ModelConfig::likelihood, "p(x | z)."),
      field("condition", &ModelConfig::condition,
            "What the model is told of each picture: its class. null tells nothing."),
  };
}

/// What the prior of such a model is made for: one with that posterior, for pictures in so many classes.
PriorSetting prior_setting(const ModelConfig& config, const PosteriorFamily& posterior,
                           const PictureShape& picture, int64_t classes);

/// Whether the parts fit each other, as far as can be said before there are pictures.
std::optional<std::string> check(const ModelConfig& config);

}  // namespace vae
