// The list of priors.
#pragma once

#include <memory>

#include "config/one_of.h"
#include "distributions/gaussian_mixture.h"
#include "distributions/standard_normal.h"
#include "distributions/uniform_categorical.h"
#include "distributions/vamp.h"

namespace vae {

using PriorConfig = OneOf<StandardNormalConfig, GaussianMixtureConfig, VampConfig, UniformCategoricalConfig>;

/// UsageError where the prior cannot serve the latents, the posterior or the classes.
inline void require_fit(const PriorConfig& config, const PriorSetting& setting) {
  config.visit([&](const auto& row) { require_fit(row, setting); });
}

/// UsageError as require_fit.
inline std::shared_ptr<Prior> make_prior(const PriorConfig& config, const PriorSetting& setting) {
  require_fit(config, setting);
  return config.visit([&](const auto& row) { return make_prior(row, setting); });
}

}  // namespace vae
