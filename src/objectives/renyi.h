// The variational Renyi bound.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/fields.h"
#include "objectives/estimators.h"
#include "objectives/objective.h"

namespace vae {

/// 1/(1 - alpha) log 1/K sum_k w_k^(1 - alpha). Li and Turner 2016, with K draws.
struct RenyiConfig {
  static constexpr std::string_view kType = "renyi";
  static constexpr std::string_view kHelp =
      "1/(1 - alpha) log 1/K sum_k w_k^(1 - alpha): alpha 0 is iwae, towards 1 the ELBO, below 0 above log "
      "p(x).";
  int64_t importance_samples = 5;
  double alpha = 0.5;
  EstimatorConfig estimator = {};
  bool operator==(const RenyiConfig&) const = default;
};

inline constexpr auto fields(Tag<RenyiConfig>) {
  return std::tuple{
      field("importance_samples", &RenyiConfig::importance_samples, closed(1, 1 << 20),
            "K, draws of z in the sum."),
      field("alpha", &RenyiConfig::alpha, closed(-1000, 1000), "Order of the divergence, not 1."),
      field("estimator", &RenyiConfig::estimator, "How the gradient reaches q."),
  };
}

inline std::optional<std::string> check(const RenyiConfig& config) {
  if (config.alpha != 1) return check_samples(config.estimator, config.importance_samples, 1);
  return "alpha: 1 is the limit where the bound is the ELBO; use the type \"elbo\" for it";
}

inline void require_fit(const RenyiConfig& config, const PosteriorFamily& posterior) {
  require_fit(config.estimator, DrawsAre::scored, posterior);
}

std::shared_ptr<Objective> make_objective(const RenyiConfig& config, const PictureShape& picture);

}  // namespace vae
