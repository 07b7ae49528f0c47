// The interface of inference schemes: where q(z | x) comes from.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <optional>

#include "core/random.h"
#include "core/tensor.h"
#include "data/batches.h"
#include "distributed/group.h"
#include "distributions/posterior.h"
#include "model/vae.h"
#include "objectives/divided_rows.h"
#include "objectives/objective.h"

namespace vae {

/// What one step of training works on.
struct StepContext {
  const Vae& model;
  Objective& objective;
  const Batch& batch;
  Random& random;
  ObjectiveStep step = {};
};

/// What an E-step leaves for theta's turn.
struct EStep {
  std::unique_ptr<Posterior> posterior;
  /// Where defined, its gradient is descended beside the objective's surrogate at that posterior.
  Tensor surrogate = {};
};

/// Coordinate ascent on the bound (Neal and Hinton 1998, "A view of the EM algorithm that justifies
/// incremental, sparse, and other variants"): q is improved at theta, then theta at q. Where an encoder gives
/// q, both are one step. A module: its buffers are what is known of each training picture, and are saved.
class Inference : public torch::nn::Module {
 public:
  /// q(z | x) of a training batch, improved at the present theta.
  virtual EStep e_step(const StepContext& at) = 0;

  /// In its place on a process that has no picture of a batch which several share.
  virtual void follow(const Batch&) {}

  /// How many gradient steps theta takes at that q.
  virtual int64_t gradient_steps() const { return 1; }

  /// Where the scheme has an M-step of its own, which takes the place of gradient steps: what the bound was
  /// before it.
  virtual std::optional<Terms> m_step(const StepContext&, const Posterior&) { return std::nullopt; }

  /// Whether a step is one E-step that is a function of the weights and the batch alone, and one gradient
  /// step.
  virtual bool is_one_pass() const { return false; }

  /// q(z | x) of pictures that nothing is known of yet, theta staying as it is: a function of (seed, the
  /// pictures' positions), whatever the size of the batches but for rounding.
  virtual std::unique_ptr<Posterior> infer(const Vae& model, const Batch& batch, uint64_t seed) const = 0;

  /// Whether it keeps something of each training picture, so that a run goes on with these alone.
  virtual bool knows_pictures() const { return false; }

  /// How the rows of its buffers, one a training picture, are divided among processes; null where all have
  /// the same buffers.
  virtual const DividedRows* rows() const { return nullptr; }
};

/// What a scheme is made for.
struct InferenceSetting {
  const ModelConfig& model;
  int64_t parameters_per_picture = 0;  // of the posterior
  int64_t elements = 0;                // numbers of a picture
  int64_t pictures = 0;                // for training; 0 where nothing will be trained
  torch::TensorOptions options = {};   // the weights' type and device
  std::shared_ptr<const Group> group = alone();
};

}  // namespace vae
