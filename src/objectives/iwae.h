// The importance-weighted bound.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/fields.h"
#include "objectives/estimators.h"
#include "objectives/objective.h"

namespace vae {

/// log 1/K sum_k w_k, w_k = p(x, z_k) / q(z_k | x). Burda, Grosse and Salakhutdinov 2016, equation 8.
struct IwaeConfig {
  static constexpr std::string_view kType = "iwae";
  static constexpr std::string_view kHelp = "log 1/K sum_k p(x, z_k) / q(z_k | x): tighter as K grows.";
  int64_t importance_samples = 5;
  EstimatorConfig estimator = {};
  bool operator==(const IwaeConfig&) const = default;
};

inline constexpr auto fields(Tag<IwaeConfig>) {
  return std::tuple{
      field("importance_samples", &IwaeConfig::importance_samples, closed(1, 1 << 20),
            "K, draws of z in the sum."),
      field("estimator", &IwaeConfig::estimator, "How the gradient reaches q."),
  };
}

inline std::optional<std::string> check(const IwaeConfig& config) {
  return check_samples(config.estimator, config.importance_samples, 1);
}

inline void require_fit(const IwaeConfig& config, const PosteriorFamily& posterior) {
  require_fit(config.estimator, DrawsAre::scored, posterior);
}

std::shared_ptr<Objective> make_objective(const IwaeConfig& config, const PictureShape& picture);

}  // namespace vae
