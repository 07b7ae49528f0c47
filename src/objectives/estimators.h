// The list of estimators of the gradient with respect to q.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "config/one_of.h"
#include "objectives/dreg.h"
#include "objectives/reinforce.h"
#include "objectives/reparameterized.h"
#include "objectives/stl.h"

namespace vae {

using EstimatorConfig = OneOf<ReparameterizedConfig, ReinforceConfig, StlConfig, DregConfig>;

/// Why the estimator can't serve K importance samples and M outer samples, if it can't: a check of the
/// config.
std::optional<std::string> check_samples(const EstimatorConfig& estimator, int64_t importance_samples,
                                         int64_t samples);

/// What an objective does with draws of z: decodes them, or takes their log q(z | x) too.
enum class DrawsAre { decoded, scored };

/// UsageError where the estimator cannot serve the posterior: where it scores given z, or scores relaxed
/// draws.
void require_fit(const EstimatorConfig& estimator, DrawsAre draws, const PosteriorFamily& posterior);

inline std::shared_ptr<Estimator> make_estimator(const EstimatorConfig& config, const PictureShape& picture) {
  return config.visit([&](const auto& row) { return make_estimator(row, picture); });
}

}  // namespace vae
