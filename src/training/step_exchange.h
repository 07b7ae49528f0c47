// What the processes of a run tell each other with every step.
#pragma once

#include <memory>

#include "core/tensor.h"
#include "distributed/group.h"
#include "objectives/objective.h"

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

  /// `message` holds the gradients and kTail numbers more, on the processor where the group is not alone.
  StepExchange(std::shared_ptr<const Group> group, Tensor message);

  /// Whether there are others.
  bool is_shared() const { return !group_->is_alone(); }

  /// To be told to all with the next sum.
  void request(const Requests& requests) { own_ = requests; }

  /// Sums the gradients over the processes; each has made its own those of its share of the batch. Gives the
  /// terms of the whole batch. Does nothing where there are no others.
  Terms sum(const Terms& own, double share);

  /// What anyone had asked for before the last sum.
  const Requests& heard() const { return is_shared() ? heard_ : own_; }

 private:
  std::shared_ptr<const Group> group_;
  Tensor message_;
  Tensor tail_;
  Requests own_;
  Requests heard_;
};

}  // namespace vae
