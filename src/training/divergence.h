// A watch on the losses of steps.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "training/divergence_config.h"

namespace vae {

/// Decides whether training has diverged: whether `bad_steps` steps in a row had a gradient that is not
/// finite, or a loss that far outlies the good ones before. What it finds is a function of the losses alone,
/// not of when it looks, so that a run that was interrupted decides like one that was not.
class DivergenceWatch {
 public:
  explicit DivergenceWatch(const DivergenceConfig& config) : config_(config) {}

  /// The loss of the next step, a scalar on the device, NaN where the step was skipped. Waits for nothing
  /// but every 1024th time.
  void add(const Tensor& loss);

  /// Looks at all that was added; waits for the device.
  void look();

  /// Steps since the first of those that are bad in a row; 0 where the last one was good. Once there are
  /// enough for a divergence, what follows counts, too, good or not.
  int64_t bad_steps() const { return bad_steps_; }
  bool has_diverged() const { return bad_steps_ >= config_.bad_steps; }

  /// What was wrong with the last bad step, in words.
  std::string reason() const;

  /// Good losses, the latest last, to be kept in checkpoints with bad_steps() and given back.
  Tensor history() const;
  void restore(const Tensor& history, int64_t bad_steps);

 private:
  void judge(double loss);
  void remember(double loss);
  double limit() const;

  DivergenceConfig config_;
  std::vector<Tensor> unseen_;
  std::deque<double> good_;     // the latest last
  std::vector<double> sorted_;  // the same by size
  int64_t bad_steps_ = 0;
  double last_bad_ = 0;
};

}  // namespace vae
