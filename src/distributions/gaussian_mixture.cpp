#include "distributions/gaussian_mixture.h"

#include "core/noise.h"
#include "distributions/normal.h"

namespace vae {

GaussianMixture::GaussianMixture(const GaussianMixtureConfig& config, int64_t latent)
    : logits(register_parameter("logits", torch::zeros({config.components}))),
      means(register_parameter("means", torch::zeros({config.components, latent}))),
      log_variances(register_parameter("log_variances", torch::zeros({config.components, latent}))),
      spread_(config.spread) {
  initialize(Random(0, "gaussian mixture"));
}

void GaussianMixture::initialize(Random random) {
  const torch::NoGradGuard no_grad;
  means.copy_(spread_ * normal(random, means.sizes(), means.options()));
}

Tensor GaussianMixture::log_prob(const Tensor& z) const {
  const Tensor of_components = normal_log_prob(z.unsqueeze(-2), means, log_variances).sum(-1);
  return torch::logsumexp(torch::log_softmax(logits, 0) + of_components, -1);
}

Tensor GaussianMixture::sample(int64_t count, Random& random, const torch::TensorOptions& options) const {
  const Tensor cumulative = torch::softmax(logits, 0).cumsum(0).to(options);
  // Rounding may leave the last sum below 1 and a draw above it.
  const Tensor component =
      torch::searchsorted(cumulative, uniform(random, {count}, options)).clamp_max(cumulative.size(0) - 1);
  const Tensor eps = normal(random, {count, means.size(1)}, options);
  const Tensor scale = torch::exp(0.5 * log_variances.index_select(0, component));
  return (means.index_select(0, component) + scale * eps).to(options);
}

std::shared_ptr<Prior> make_prior(const GaussianMixtureConfig& config, int64_t latent) {
  return std::make_shared<GaussianMixture>(config, latent);
}

}  // namespace vae
