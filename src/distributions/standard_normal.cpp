#include "distributions/standard_normal.h"

#include <cmath>
#include <numbers>

#include "core/error.h"
#include "core/noise.h"

namespace vae {

Tensor StandardNormal::log_prob(const Tensor& z, const Tensor&) const {
  const double log_two_pi = std::log(2 * std::numbers::pi);
  return -0.5 * (static_cast<double>(latent_) * log_two_pi + z.square().sum(-1));
}

Tensor StandardNormal::sample(int64_t count, const Tensor&, Random& random,
                              const torch::TensorOptions& options) const {
  return normal(random, {count, latent_}, options);
}

std::shared_ptr<Prior> make_prior(const StandardNormalConfig&, const PriorSetting& setting) {
  require_real(setting, StandardNormalConfig::kType);
  if (setting.classes > 0) {
    throw UsageError(
        "model.prior.type: \"standard_normal\" has nothing that could depend on a class, but "
        "model.condition.prior is true; use \"gaussian_mixture\", or set it to false");
  }
  return std::make_shared<StandardNormal>(setting.latents.dimensions);
}

}  // namespace vae
