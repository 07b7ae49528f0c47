// Averages over steps, summed on the device.
#pragma once

#include <cstdint>

#include "core/tensor.h"
#include "objectives/objective.h"

namespace vae {

/// Means over the steps whose gradient was finite, in nats per picture, and how many steps there were.
struct StepAverages {
  double objective = 0;
  double reconstruction = 0;
  double kl = 0;
  double gradient_norm = 0;
  int64_t steps = 0;
  int64_t skipped = 0;  // steps whose gradient was not finite
};

/// Sums since the beginning of the epoch, and since the last row of metrics. Only reading them waits for the
/// device.
class StepSums {
 public:
  explicit StepSums(torch::Device device);

  /// `non_finite`: 1 where the step was skipped, else 0.
  void add(const Terms& terms, const Tensor& gradient_norm, const Tensor& non_finite);

  /// What the last step would have made smaller: minus its objective, NaN where it was skipped. A scalar.
  Tensor last_loss() const { return last_loss_.clone(); }

  StepAverages of_epoch() const;
  StepAverages since_last_take() const;
  void take() { taken_.copy_(sums_); }  // the next row begins here
  void begin_epoch();

  /// Both sums as one tensor, to be kept in checkpoints and copied back.
  Tensor state() const { return state_; }

 private:
  void add_here(const Terms& terms, const Tensor& gradient_norm, const Tensor& non_finite);

  Tensor state_;  // [2, quantities]
  Tensor sums_;   // its rows
  Tensor taken_;
  Tensor last_loss_;  // in the same memory at each step: a recorded one writes where it wrote
};

}  // namespace vae
