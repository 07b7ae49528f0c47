// The list of objectives.
#pragma once

#include <memory>

#include "config/one_of.h"
#include "objectives/elbo.h"

namespace vae {

using ObjectiveConfig = OneOf<ElboConfig>;

inline std::unique_ptr<Objective> make_objective(const ObjectiveConfig& config) {
  return config.visit([](const auto& row) { return make_objective(row); });
}

}  // namespace vae
