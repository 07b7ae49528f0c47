// The list of objectives.
#pragma once

#include <memory>

#include "config/one_of.h"
#include "objectives/beta_tc.h"
#include "objectives/ciwae.h"
#include "objectives/elbo.h"
#include "objectives/info.h"
#include "objectives/iwae.h"
#include "objectives/miwae.h"
#include "objectives/renyi.h"

namespace vae {

using ObjectiveConfig =
    OneOf<ElboConfig, IwaeConfig, MiwaeConfig, CiwaeConfig, BetaTcConfig, InfoConfig, RenyiConfig>;

/// UsageError where the objective asks of the posterior what it cannot do.
inline void require_fit(const ObjectiveConfig& config, const PosteriorFamily& posterior) {
  config.visit([&](const auto& row) { require_fit(row, posterior); });
}

inline std::shared_ptr<Objective> make_objective(const ObjectiveConfig& config, const PictureShape& picture) {
  return config.visit([&](const auto& row) { return make_objective(row, picture); });
}

}  // namespace vae
