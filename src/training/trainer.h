// The training step.
#pragma once

#include <memory>
#include <optional>

#include "core/random.h"
#include "data/batches.h"
#include "model/vae.h"
#include "objectives/objective.h"
#include "training/checkpoint.h"
#include "training/config.h"
#include "training/flat_parameters.h"
#include "training/moving_average.h"
#include "training/optimizer.h"
#include "training/step_sums.h"

namespace vae {

/// A model with all that changes while it learns.
class Trainer {
 public:
  /// Fresh weights, for pictures in so many classes, 0 where they have none. `total_steps` is what the
  /// learning-rate schedule stretches over.
  Trainer(const Config& config, const PictureShape& picture, int64_t classes, torch::Device device,
          int64_t total_steps);

  /// One step: objective, gradients, clipping, optimizer, projection, averages. A gradient that is not finite
  /// changes nothing but the count of skipped steps. Waits for nothing on the device.
  void step(const Batch& batch);

  Vae& model() { return *model_; }
  const Objective& objective() const { return *objective_; }
  StepSums& sums() { return sums_; }
  int64_t steps() const { return steps_; }
  double learning_rate() const;

  /// From now on the learning rate is the schedule's times `factor`.
  void slow_down(double factor) { slowdown_ = factor; }

  /// While the result lives, the model has its averaged weights, if there are any.
  SwappedValues averaged_weights();

  /// Everything as tensors, and back. Restoring throws CheckpointError where something does not fit.
  std::map<std::string, Tensor> tensors() const;
  void restore(const Checkpoint& checkpoint);

 private:
  struct NamedTensor {
    std::string name;
    Tensor tensor;
  };
  std::vector<NamedTensor> everything() const;
  double rate_factor() const;

  const Config config_;
  int64_t total_steps_;
  int64_t steps_ = 0;
  double slowdown_ = 1;
  Random latent_;
  std::shared_ptr<Vae> model_;
  std::shared_ptr<Objective> objective_;
  FlatParameters parameters_;
  std::unique_ptr<Optimizer> optimizer_;
  std::optional<MovingAverage> average_;
  StepSums sums_;
};

}  // namespace vae
