#include "distributions/standard_normal.h"

#include <cmath>
#include <numbers>

#include "core/noise.h"

namespace vae {

Tensor StandardNormal::log_prob(const Tensor& z) const {
  const double log_two_pi = std::log(2 * std::numbers::pi);
  return -0.5 * (static_cast<double>(latent_) * log_two_pi + z.square().sum(-1));
}

Tensor StandardNormal::sample(int64_t count, Random& random, const torch::TensorOptions& options) const {
  return normal(random, {count, latent_}, options);
}

std::shared_ptr<Prior> make_prior(const StandardNormalConfig&, int64_t latent) {
  return std::make_shared<StandardNormal>(latent);
}

}  // namespace vae
