#include "objectives/miwae.h"

#include "objectives/importance_weighted.h"

namespace vae {

std::shared_ptr<Objective> make_objective(const MiwaeConfig& config, const PictureShape& picture) {
  return std::make_shared<ImportanceWeighted>(
      ImportanceWeighted::Options{.importance_samples = config.importance_samples,
                                  .samples = config.samples,
                                  .estimator = config.estimator},
      std::make_unique<RenyiBound>(), picture);
}

}  // namespace vae
