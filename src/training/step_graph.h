// Steps that are enqueued on a card with one call.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace vae {

/// What enqueues the same work on a card again and again.
class Recorder {
 public:
  virtual ~Recorder() = default;

  /// Runs the work as it will be recorded: on a stream of its own, which the current one waits for.
  virtual void warm_up(const std::function<void()>& work) = 0;

  /// Records the work without running it. c10::Error where it does what can't be recorded.
  virtual void record(const std::function<void()>& work) = 0;

  /// Runs what was recorded, on the current stream.
  virtual void replay() = 0;
};

/// Null where the device, or this program, has none.
std::unique_ptr<Recorder> make_recorder(torch::Device device);

/// Runs steps: a few as they are, which is when libraries take what they need, and from then on the recorded
/// one. A recorded step reads and writes the memory that it read and wrote when it was recorded, and does
/// what numbers of the host then said: what differs from step to step must lie in tensors that are filled
/// before run().
class StepGraph {
 public:
  /// What PyTorch's own documentation of graphs takes: handles, workspaces and autotuning are settled by
  /// then.
  static constexpr int64_t kWarmUps = 3;

  explicit StepGraph(std::unique_ptr<Recorder> recorder) : recorder_(std::move(recorder)) {}

  /// The next step. c10::Error where it can't be recorded: then nothing was run.
  void run(const std::function<void()>& step);

 private:
  std::unique_ptr<Recorder> recorder_;
  int64_t runs_ = 0;
};

}  // namespace vae
