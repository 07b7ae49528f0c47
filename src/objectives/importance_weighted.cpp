#include "objectives/importance_weighted.h"

#include "kernels/scaled_sum.h"
#include "objectives/log_weights.h"

namespace vae {

ImportanceWeighted::ImportanceWeighted(const Options& options, std::unique_ptr<const Bound> bound,
                                       const PictureShape& picture)
    : options_(options),
      bound_(std::move(bound)),
      estimator_(register_module("estimator", make_estimator(options.estimator, picture))) {}

Terms ImportanceWeighted::evaluate(const Vae& model, const Posterior& posterior, const Batch& batch,
                                   Random& random, const ObjectiveStep&) {
  require_fit(options_.estimator, DrawsAre::scored, model.posterior());
  const EstimatorDraws draws = estimator_->draw(
      posterior, {.importance_samples = options_.importance_samples, .samples = options_.samples}, random);
  const LogWeights weights = log_weights(model, batch, draws.latents);
  const Tensor total = weights.total();
  return {.surrogate = -estimator_->surrogate(batch.x, draws, total, *bound_),
          .objective = bound_->mean_value(total.detach()),
          .reconstruction = mean_of_all(weights.likelihood.detach()),
          .kl = mean_of_all(weights.posterior.detach() - weights.prior.detach())};
}

}  // namespace vae
