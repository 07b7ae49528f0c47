// The list of posteriors.
#pragma once

#include <memory>

#include "config/one_of.h"
#include "distributions/categorical_posterior.h"
#include "distributions/diagonal_gaussian.h"
#include "distributions/full_gaussian.h"
#include "distributions/iaf.h"
#include "distributions/planar.h"

namespace vae {

using PosteriorConfig =
    OneOf<DiagonalGaussianConfig, FullGaussianConfig, IafConfig, PlanarConfig, CategoricalPosteriorConfig>;

/// UsageError where the posterior cannot have so many latent dimensions.
inline std::shared_ptr<PosteriorFamily> make_posterior(const PosteriorConfig& config, int64_t latent) {
  return config.visit([latent](const auto& row) { return make_posterior(row, latent); });
}

}  // namespace vae
