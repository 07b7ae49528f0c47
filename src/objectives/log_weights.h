// Draws of z, scored by the model.
#pragma once

#include "core/tensor.h"
#include "data/batches.h"
#include "distributions/posterior.h"
#include "model/vae.h"

namespace vae {

/// Log-densities at draws of z, in nats, each [K, M, N]: K importance samples, M outer samples, N pictures.
struct LogWeights {
  Tensor likelihood;  // log p(x | z)
  Tensor prior;       // log p(z)
  Tensor posterior;   // log q(z | x)

  /// log p(x, z) - log q(z | x).
  Tensor total() const { return likelihood + prior - posterior; }
};

/// Scores draws from the posterior of a batch.
LogWeights log_weights(const Vae& model, const Batch& batch, const ScoredLatents& latents);

}  // namespace vae
