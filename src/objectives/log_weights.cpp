#include "objectives/log_weights.h"

namespace vae {

LogWeights log_weights(const Vae& model, const Batch& batch, const ScoredLatents& latents) {
  return {.likelihood = model.log_likelihood(batch.x, latents.z, batch.labels),
          .prior = model.prior().log_prob(latents.z, batch.labels),
          .posterior = latents.log_prob};
}

}  // namespace vae
