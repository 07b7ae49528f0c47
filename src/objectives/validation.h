// The ELBO over a whole data set.
#pragma once

#include "data/batches.h"
#include "model/vae.h"

namespace vae {

/// Averages over the pictures, in nats; elbo = reconstruction - kl (beta 1, no free bits).
struct Validation {
  double elbo = 0;
  double reconstruction = 0;
  double kl = 0;
};

/// The ELBO with M = `samples` draws of z for each picture. The noise is a function of (seed, index, draw):
/// the result does not depend on the size of the batches but for rounding.
Validation validate(const Vae& model, const EvaluationBatches& batches, int64_t samples, uint64_t seed);

}  // namespace vae
