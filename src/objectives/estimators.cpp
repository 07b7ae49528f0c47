#include "objectives/estimators.h"

namespace vae {

std::optional<std::string> check_samples(const EstimatorConfig& estimator, int64_t importance_samples,
                                         int64_t samples) {
  if (estimator.is<StlConfig>() && importance_samples > 1) {
    return "estimator: \"stl\" is biased where importance_samples is more than 1; use \"dreg\"";
  }
  const auto* reinforce = estimator.get_if<ReinforceConfig>();
  if (reinforce != nullptr && reinforce->baseline.is<LeaveOneOutConfig>() &&
      importance_samples * samples == 1) {
    return "estimator.baseline: \"leave_one_out\" compares draws of the same picture, and there is one; give "
           "more "
           "samples, or another baseline";
  }
  return std::nullopt;
}

}  // namespace vae
