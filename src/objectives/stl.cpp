#include "objectives/stl.h"

namespace vae {

EstimatorDraws Stl::draw(const Posterior& posterior, const DrawRequest& request, Random& random) {
  const Tensor z = posterior.rsample(request.importance_samples, request.samples, random);
  return {{z, posterior.detached()->log_prob(z)}};
}

Tensor Stl::surrogate(const Tensor&, const EstimatorDraws&, const Tensor& log_weights, const Bound& bound) {
  return bound.value(log_weights).mean();
}

std::shared_ptr<Estimator> make_estimator(const StlConfig&, const PictureShape&) {
  return std::make_shared<Stl>();
}

}  // namespace vae
