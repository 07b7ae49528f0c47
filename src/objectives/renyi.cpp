#include "objectives/renyi.h"

#include "objectives/importance_weighted.h"

namespace vae {

std::shared_ptr<Objective> make_objective(const RenyiConfig& config, const PictureShape& picture) {
  return std::make_shared<ImportanceWeighted>(
      ImportanceWeighted::Options{.importance_samples = config.importance_samples,
                                  .estimator = config.estimator},
      std::make_unique<RenyiBound>(config.alpha), picture);
}

}  // namespace vae
