// The interface of what training maximises.
#pragma once

#include <torch/nn/module.h>

#include <optional>

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

/// A module, because some estimators of its gradient learn along with the model.
class Objective : public torch::nn::Module {
 public:
  /// Draws anew what does not start at a constant.
  virtual void initialize(Random) {}

  /// At q(z | x) of the batch, wherever it comes from. `step` counts optimizer steps from 0: weights that
  /// warm up depend on it.
  virtual Terms evaluate(const Vae& model, const Posterior& posterior, const Batch& batch, Random& random,
                         int64_t step) = 0;

  /// The step from which on evaluate() is one function of the weights, the posterior, the batch and the
  /// noise, and changes nothing else; none where that is not known.
  virtual std::optional<int64_t> settles_at() const { return std::nullopt; }

  /// K of the bound log 1/K sum_k p(x, z_k) / q(z_k | x) by which the best weights are chosen: 1 is the ELBO.
  virtual int64_t validation_samples() const { return 1; }
};

}  // namespace vae
