// What the processes of a run tell each other with every step.
#pragma once

#include <memory>
#include <optional>

#include "core/tensor.h"
#include "distributed/group.h"
#include "objectives/objective.h"
#include "training/flat_parameters.h"
#include "training/gradient_buckets.h"

namespace vae {

/// What signals have asked of a run.
struct Requests {
  int stop = 0;  // the signal that did, or 0
  bool save = false;
  bool operator==(const Requests&) const = default;
};

/// One message a step: the gradients, and behind them the objective's terms and what was asked for, so that
/// all processes take the same step, log the same and stop after the same step.
class StepExchange {
 public:
  /// Numbers behind the gradients.
  static constexpr int64_t kTail = 7;

  /// `parameters`, which must outlive this, have kTail numbers behind their gradients, on the processor where
  /// the group is not alone.
  StepExchange(std::shared_ptr<const Group> group, FlatParameters& parameters, WirePrecision precision);

  /// Whether there are others.
  bool is_shared() const { return !group_->is_alone(); }

  /// To be told to all with the next step.
  void request(const Requests& requests) { own_ = requests; }

  /// Where there are others: before the backward pass of this process's share of the batch, with its terms.
  void begin(const Terms& own, double share);

  /// After it: the gradients are those of the whole batch. Gives the batch's terms, without a surrogate.
  Terms finish();

  /// What anyone had asked for before the last step.
  const Requests& heard() const { return is_shared() ? heard_ : own_; }

 private:
  std::shared_ptr<const Group> group_;
  Tensor tail_;
  std::optional<GradientBuckets> buckets_;  // where there are others
  Requests own_;
  Requests heard_;
};

}  // namespace vae
