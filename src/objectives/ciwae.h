// Between the ELBO and the importance-weighted bound.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/fields.h"
#include "objectives/estimators.h"
#include "objectives/objective.h"

namespace vae {

/// beta ELBO + (1 - beta) IWAE of the same K draws, M times. Rainforth et al. 2018.
struct CiwaeConfig {
  static constexpr std::string_view kType = "ciwae";
  static constexpr std::string_view kHelp =
      "beta times the ELBO plus 1 - beta times the importance-weighted bound.";
  int64_t importance_samples = 5;
  int64_t samples = 1;
  double beta = 0.5;
  EstimatorConfig estimator = {};
  bool operator==(const CiwaeConfig&) const = default;
};

inline constexpr auto fields(Tag<CiwaeConfig>) {
  return std::tuple{
      field("importance_samples", &CiwaeConfig::importance_samples, closed(1, 1 << 20),
            "K, draws of z in each sum."),
      field("samples", &CiwaeConfig::samples, closed(1, 1 << 20), "M, bounds that are averaged."),
      field("beta", &CiwaeConfig::beta, closed(0, 1), "Share of the ELBO; no weight of the KL."),
      field("estimator", &CiwaeConfig::estimator, "How the gradient reaches q."),
  };
}

inline std::optional<std::string> check(const CiwaeConfig& config) {
  return check_samples(config.estimator, config.importance_samples, config.samples);
}

inline void require_fit(const CiwaeConfig& config, const PosteriorFamily& posterior) {
  require_fit(config.estimator, DrawsAre::scored, posterior);
}

std::shared_ptr<Objective> make_objective(const CiwaeConfig& config, const PictureShape& picture);

}  // namespace vae
