// The list of priors.
#pragma once

#include <memory>

#include "config/one_of.h"
#include "distributions/gaussian_mixture.h"
#include "distributions/standard_normal.h"

namespace vae {

using PriorConfig = OneOf<StandardNormalConfig, GaussianMixtureConfig>;

inline std::shared_ptr<Prior> make_prior(const PriorConfig& config, int64_t latent) {
  return config.visit([latent](const auto& row) { return make_prior(row, latent); });
}

}  // namespace vae
