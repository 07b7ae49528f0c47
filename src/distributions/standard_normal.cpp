#include "distributions/standard_normal.h"

#include "core/noise.h"
#include "kernels/standard_normal.h"

namespace vae {

Tensor StandardNormal::log_prob(const Tensor& z, const Tensor&) const { return standard_normal_log_prob(z); }

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
