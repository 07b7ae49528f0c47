#include "distributions/uniform_categorical.h"

#include <cmath>

#include "core/noise.h"

namespace vae {

Tensor UniformCategorical::log_prob(const Tensor& z, const Tensor&) const {
  const auto variables = static_cast<double>(latents_.variables());
  return torch::full_like(z.select(-1, 0), -variables * std::log(static_cast<double>(latents_.categories)));
}

Tensor UniformCategorical::sample(int64_t count, const Tensor&, Random& random,
                                  const torch::TensorOptions& options) const {
  const Tensor position = uniform(random, {count, latents_.variables()}, options.dtype(torch::kFloat));
  // In float the product may round up to `categories`.
  const Tensor category =
      (position * latents_.categories).to(torch::kLong).clamp_max(latents_.categories - 1);
  return torch::one_hot(category, latents_.categories).flatten(1).to(options);
}

void require_fit(const UniformCategoricalConfig&, const PriorSetting& setting) {
  require_categories(setting, UniformCategoricalConfig::kType);
  require_no_classes(setting, UniformCategoricalConfig::kType);
}

std::shared_ptr<Prior> make_prior(const UniformCategoricalConfig&, const PriorSetting& setting) {
  return std::make_shared<UniformCategorical>(setting.latents);
}

}  // namespace vae
