// The interface of what training maximises.
#pragma once

#include "core/random.h"
#include "core/tensor.h"
#include "data/batches.h"
#include "model/vae.h"

namespace vae {

/// One evaluation over a batch: scalars in nats per picture.
struct Terms {
  Tensor surrogate;       // its gradient is descended: minus the objective, or what has the same gradient
  Tensor objective;       // what is reported as the value of the objective
  Tensor reconstruction;  // E_q log p(x | z)
  Tensor kl;              // KL(q(z | x) || p(z)), without weight and without floor
};

class Objective {
 public:
  virtual ~Objective() = default;

  /// `step` counts optimizer steps from 0: weights that warm up depend on it.
  virtual Terms evaluate(const Vae& model, const Batch& batch, Random& random, int64_t step) const = 0;
};

}  // namespace vae
