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

/// The step of a training at which an objective is evaluated.
struct ObjectiveStep {
  int64_t number = 0;     // of the optimizer's steps, from 0
  Tensor kl_weight = {};  // if defined, a scalar that is read in place of kl_weight(number)
};

/// A module, because some estimators of its gradient learn along with the model.
class Objective : public torch::nn::Module {
 public:
  /// Draws anew what does not start at a constant.
  virtual void initialize(Random) {}

  /// At q(z | x) of the batch, wherever it comes from.
  virtual Terms evaluate(const Vae& model, const Posterior& posterior, const Batch& batch, Random& random,
                         const ObjectiveStep& step) = 0;

  /// The weight of the KL at a step, where it depends on the step.
  virtual std::optional<double> kl_weight(int64_t) const { return std::nullopt; }

  /// Whether evaluate() is known to be one function of the weights, the posterior, the batch, the noise and
  /// that weight, and to change nothing else.
  virtual bool is_one_function() const { return false; }

  /// K of the bound log 1/K sum_k p(x, z_k) / q(z_k | x) by which the best weights are chosen: 1 is the ELBO.
  virtual int64_t validation_samples() const { return 1; }
};

}  // namespace vae
