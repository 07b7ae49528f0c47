#include "evaluation/naive.h"

namespace vae {

EstimatorDraws Naive::draw(const Posterior& posterior, const DrawRequest& request, Random& random) {
  const Tensor z = posterior.sample(request.importance_samples, request.samples, random).z;
  return {{z, posterior.log_prob(z)}};
}

Tensor Naive::surrogate(const Tensor&, const EstimatorDraws&, const Tensor& log_weights, const Bound& bound) {
  return bound.value(log_weights).mean();
}

}  // namespace vae
