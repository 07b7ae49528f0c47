#include "distributions/standard_normal.h"

#include <cmath>
#include <numbers>

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

void require_fit(const StandardNormalConfig&, const PriorSetting& setting) {
  require_real(setting, StandardNormalConfig::kType);
  require_no_classes(setting, StandardNormalConfig::kType);
}

std::shared_ptr<Prior> make_prior(const StandardNormalConfig&, const PriorSetting& setting) {
  return std::make_shared<StandardNormal>(setting.latents.dimensions);
}

}  // namespace vae
