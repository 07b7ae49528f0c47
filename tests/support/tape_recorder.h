// What a card does with a recorded step, on the processor.
#pragma once

#include <c10/util/Exception.h>

#include <utility>
#include <vector>

#include "core/tape.h"
#include "training/step_graph.h"

namespace vae::test {

/// Notes the operations of a step with their arguments: what numbers of the host said then is said for good,
/// and what reads from the device can't be recorded. Of float64 alone is all that a card computes an
/// operation of LibTorch.
class TapeRecorder : public Recorder {
 public:
  /// `state` is what steps change: to note them is to do them, which is undone.
  explicit TapeRecorder(std::vector<Tensor> state) : state_(std::move(state)) {}

  void warm_up(const std::function<void()>& work) override { work(); }

  void record(const std::function<void()>& work) override {
    std::vector<Tensor> before;
    for (const Tensor& tensor : state_) before.push_back(tensor.detach().clone());
    {
      const Tape::Recording recording(tape_);
      work();
    }
    TORCH_CHECK(tape_.obstacle().empty(), tape_.obstacle());
    const torch::NoGradGuard no_grad;
    for (size_t i = 0; i < state_.size(); ++i) state_[i].copy_(before[i]);
  }

  void replay() override { tape_.replay(); }

 private:
  std::vector<Tensor> state_;
  Tape tape_;
};

}  // namespace vae::test
