// The list of objectives.
#pragma once

#include <memory>

#include "config/one_of.h"
#include "objectives/elbo.h"

namespace vae {

using ObjectiveConfig = OneOf<ElboConfig>;

/// UsageError where the objective asks of the posterior what it cannot do.
inline void require_fit(const ObjectiveConfig& config, const PosteriorFamily& posterior) {
  config.visit([&](const auto& row) { require_fit(row, posterior); });
}

inline std::unique_ptr<Objective> make_objective(const ObjectiveConfig& config) {
  return config.visit([](const auto& row) { return make_objective(row); });
}

}  // namespace vae
