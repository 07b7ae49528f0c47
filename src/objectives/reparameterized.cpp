#include "objectives/reparameterized.h"

namespace vae {

EstimatorDraws Reparameterized::draw(const Posterior& posterior, const DrawRequest& request, Random& random) {
  if (!request.scored) return {{posterior.rsample(request.importance_samples, request.samples, random), {}}};
  return {posterior.rsample_scored(request.importance_samples, request.samples, random)};
}

Tensor Reparameterized::surrogate(const Tensor&, const EstimatorDraws&, const Tensor& log_weights,
                                  const Bound& bound) {
  return bound.mean_value(log_weights);
}

std::shared_ptr<Estimator> make_estimator(const ReparameterizedConfig&, const PictureShape&) {
  return std::make_shared<Reparameterized>();
}

}  // namespace vae
