#include "distributions/gaussian_mixture.h"

#include "core/noise.h"
#include "distributions/mixture_weights.h"
#include "distributions/normal.h"

namespace vae {

GaussianMixture::GaussianMixture(const GaussianMixtureConfig& config, const PriorSetting& setting)
    : logits(register_parameter("logits", torch::zeros({config.components}))),
      means(register_parameter("means", torch::zeros({config.components, setting.latents.dimensions}))),
      log_variances(
          register_parameter("log_variances", torch::zeros({config.components, setting.latents.dimensions}))),
      spread_(config.spread),
      classes_(setting.classes) {
  initialize(Random(0, "gaussian mixture"));
}

void GaussianMixture::initialize(Random random) {
  const torch::NoGradGuard no_grad;
  means.copy_(spread_ * normal(random, means.sizes(), means.options()));
}

Tensor GaussianMixture::log_prob(const Tensor& z, const Tensor& labels) const {
  const Tensor of_components = normal_log_prob(z.unsqueeze(-2), means, log_variances).sum(-1);
  return torch::logsumexp(log_weights(logits, classes_, labels) + of_components, -1);
}

Tensor GaussianMixture::sample(int64_t count, const Tensor& labels, Random& random,
                               const torch::TensorOptions& options) const {
  const Tensor component = draw_component(log_weights(logits, classes_, labels), count, random);
  const Tensor eps = normal(random, {count, means.size(1)}, options);
  const Tensor scale = torch::exp(0.5 * log_variances.index_select(0, component));
  return (means.index_select(0, component) + scale * eps).to(options);
}

void require_fit(const GaussianMixtureConfig& config, const PriorSetting& setting) {
  require_real(setting, GaussianMixtureConfig::kType);
  require_component_per_class(config.components, setting, GaussianMixtureConfig::kType);
}

std::shared_ptr<Prior> make_prior(const GaussianMixtureConfig& config, const PriorSetting& setting) {
  return std::make_shared<GaussianMixture>(config, setting);
}

}  // namespace vae
