// Steps of a small model without dispatch and autograd.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/random.h"
#include "core/tape.h"
#include "data/batches.h"
#include "objectives/objective.h"
#include "training/flat_parameters.h"
#include "training/profile.h"

namespace vae {

/// Forward and backward pass of a training step in float32 on the processor, noted once and then done again:
/// the same operations on the same memory, and so the same numbers, bit for bit. Finding them, making tensors
/// of their results and differentiating costs a small model a quarter of its step.
class TapedStep {
 public:
  /// What a step computes of a batch, its noise and, where steps differ in it, the weight of the KL: a
  /// function of these and of the parameters alone. The weight is undefined for a step that is not noted.
  using Forward = std::function<Terms(const Batch&, Random&, const Tensor& kl_weight)>;

  /// What the host says of a step.
  struct Numbers {
    uint64_t step = 0;                     // index of its noise
    std::optional<double> kl_weight = {};  // Objective::kl_weight
  };

  /// `noise` is that of the steps, which are its indices.
  TapedStep(FlatParameters& parameters, const Random& noise) : parameters_(parameters), noise_(noise) {}
  TapedStep(const TapedStep&) = delete;  // the tapes have its address
  TapedStep& operator=(const TapedStep&) = delete;

  /// Whether a step on this batch can be done by what was noted, if something was.
  bool fits(const Batch& batch) const;

  /// The terms of a step, detached and valid until the next; its gradients are the parameters'. The first
  /// step that fits is computed as it is, the second is noted, the third and fourth are computed both ways:
  /// if they differ by a bit, or what was noted can't be done again, this one and all others are computed as
  /// they are, and the log says why at its level "debug". A batch with more pictures than those before begins
  /// anew.
  Terms run(const Batch& batch, const Numbers& at, const Forward& forward, Profile& profile);

  /// Whether steps are done by what was noted.
  bool replays() const { return state_ == State::replaying; }

  /// Why they never will be; empty where nothing is known to hinder.
  const std::string& obstacle() const { return obstacle_; }

 private:
  enum class State { new_here, warm, noted, replaying, given_up };
  static constexpr int kChecks = 2;

  Terms compute(const Batch& batch, Random noise, const Forward& forward, Profile& profile) const;
  Terms note(const Batch& batch, const Numbers& at, const Forward& forward, Profile& profile);
  Terms replay(const Batch& batch, const Numbers& at, Profile& profile);
  Terms check(const Batch& batch, const Numbers& at, const Forward& forward, Profile& profile);
  void begin_with(const Batch& batch, const Numbers& at);
  void put_in_place(const Batch& batch, const Numbers& at);
  void give_up(const std::string& obstacle);

  FlatParameters& parameters_;
  const Random noise_;
  State state_ = State::new_here;
  int checked_ = 0;
  std::string obstacle_;

  // What the tapes read and write.
  Tensor x_, labels_;
  Tensor kl_weight_;  // undefined where all steps have the same
  uint64_t step_ = 0;
  Terms terms_;
  std::vector<Tensor> gradients_;
  Tape forward_, backward_;
};

}  // namespace vae
