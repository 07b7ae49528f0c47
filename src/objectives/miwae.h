// The mean of several importance-weighted bounds.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/fields.h"
#include "objectives/estimators.h"
#include "objectives/objective.h"

namespace vae {

/// 1/M sum_m log 1/K sum_k w_mk. Rainforth et al. 2018, "Tighter variational bounds are not necessarily
/// better".
struct MiwaeConfig {
  static constexpr std::string_view kType = "miwae";
  static constexpr std::string_view kHelp =
      "The mean of M importance-weighted bounds of K draws: less noise for the encoder than one of M K.";
  int64_t importance_samples = 8;
  int64_t samples = 8;
  EstimatorConfig estimator = {};
  bool operator==(const MiwaeConfig&) const = default;
};

inline constexpr auto fields(Tag<MiwaeConfig>) {
  return std::tuple{
      field("importance_samples", &MiwaeConfig::importance_samples, closed(1, 1 << 20),
            "K, draws of z in each sum."),
      field("samples", &MiwaeConfig::samples, closed(1, 1 << 20), "M, bounds that are averaged."),
      field("estimator", &MiwaeConfig::estimator, "How the gradient reaches q."),
  };
}

inline std::optional<std::string> check(const MiwaeConfig& config) {
  return check_samples(config.estimator, config.importance_samples, config.samples);
}

inline void require_fit(const MiwaeConfig& config, const PosteriorFamily& posterior) {
  require_fit(config.estimator, DrawsAre::scored, posterior);
}

std::shared_ptr<Objective> make_objective(const MiwaeConfig& config, const PictureShape& picture);

}  // namespace vae
