// The list of priors.
#pragma once

#include <memory>

#include "config/one_of.h"
#include "distributions/gaussian_mixture.h"
#include "distributions/standard_normal.h"

namespace vae {

using PriorConfig = OneOf<StandardNormalConfig, GaussianMixtureConfig>;

/// UsageError where the prior cannot serve the latents or the classes.
inline std::shared_ptr<Prior> make_prior(const PriorConfig& config, const PriorSetting& setting) {
  return config.visit([&](const auto& row) { return make_prior(row, setting); });
}

}  // namespace vae
