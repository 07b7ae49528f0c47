#include "objectives/reinforce.h"

namespace vae {

Reinforce::Reinforce(const ReinforceConfig& config, const PictureShape& picture)
    : baseline_(register_module("baseline", make_baseline(config.baseline, picture))) {}

EstimatorDraws Reinforce::draw(const Posterior& posterior, const DrawRequest& request, Random& random) {
  const Tensor z = posterior.sample(request.importance_samples, request.samples, random).z;
  return {{z, posterior.log_prob(z)}};
}

Tensor Reinforce::surrogate(const Tensor& x, const EstimatorDraws& draws, const Tensor& log_weights,
                            const Bound& bound) {
  const Tensor value = bound.value(log_weights);
  const Baseline::Result baseline = baseline_->compare(x, log_weights.detach(), value.detach(), bound);
  const Tensor advantage = value.detach() - baseline.values;  // [M, N], or [K, M, N]
  const Tensor score = (advantage * draws.latents.log_prob).sum(0);
  return (value + score).mean() - baseline.loss;
}

std::shared_ptr<Estimator> make_estimator(const ReinforceConfig& config, const PictureShape& picture) {
  return std::make_shared<Reinforce>(config, picture);
}

}  // namespace vae
