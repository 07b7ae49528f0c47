#include "objectives/dreg.h"

namespace vae {

EstimatorDraws Dreg::draw(const Posterior& posterior, const DrawRequest& request, Random& random) {
  const Tensor z = posterior.rsample(request.importance_samples, request.samples, random);
  auto weight = std::make_shared<Tensor>();
  if (z.requires_grad()) {
    z.register_hook([weight](const Tensor& gradient) { return gradient * weight->unsqueeze(-1); });
  }
  return {{z, posterior.detached()->log_prob(z)}, weight};
}

// The surrogate brings g_k to theta and to z_k, the hook the rest of the factor to z_k.
Tensor Dreg::surrogate(const Tensor&, const EstimatorDraws& draws, const Tensor& log_weights,
                       const Bound& bound) {
  const Tensor fixed = log_weights.detach();
  *draws.gradient_weight = 1 - bound.elasticities(fixed);
  return (bound.shares(fixed) * log_weights).sum(0).mean();
}

std::shared_ptr<Estimator> make_estimator(const DregConfig&, const PictureShape&) {
  return std::make_shared<Dreg>();
}

}  // namespace vae
