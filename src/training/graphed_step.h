// Training steps that are replayed as one graph.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/random.h"
#include "core/tensor.h"
#include "training/step_graph.h"

namespace vae {

/// What a recorded step reads of what differs from step to step, in memory that stays.
struct StepInputs {
  std::vector<Tensor> of_batch;  // what the step makes its batch of
  Tensor batch_index;            // of the batch's noise, an int64 scalar
  Random noise;                  // of the latents, follows the step's index
  Tensor learning_rate;          // a scalar, as those that follow
  Tensor average_pull;           // of MovingAverage::update
  Tensor kl_weight;              // of the objective; undefined where it is the same for all steps
};

/// Whole training steps, forward, backward and update, as one graph of a card. Nobody has to trust it: the
/// first steps are computed both ways, and where the two do not agree, or a step can't be recorded, all are
/// computed as they are.
class GraphedStep {
 public:
  /// What the host says of a step.
  struct Numbers {
    int64_t index = 0;        // of its noise
    int64_t batch_index = 0;  // of that of its batch
    double learning_rate = 0;
    double average_pull = 0;
    std::optional<double> kl_weight = {};
  };

  /// How many steps are computed both ways: those that warm up, the recorded one, and one that is replayed
  /// with other numbers than were recorded.
  static constexpr int64_t kTrials = StepGraph::kWarmUps + 2;

  /// `noise` is that of the steps. Steps take `batch_size` pictures, and change `state` alone, in place;
  /// first in it are weights, whose type other numbers have too.
  GraphedStep(std::unique_ptr<Recorder> recorder, const Random& noise, int64_t batch_size,
              std::vector<Tensor> state)
      : graph_(std::move(recorder)), noise_(noise), batch_size_(batch_size), state_(std::move(state)) {}

  /// Whether a step can be replayed whose batch is made of these, for all that is known by now: tensors with
  /// a row a picture, some of which may be undefined.
  bool fits(const std::vector<Tensor>& of_batch) const;

  /// One step of `recorded`, which must do the same for its inputs that `plain` does for what they are
  /// copies of. The log says once why steps are not replayed.
  void run(const std::vector<Tensor>& of_batch, const Numbers& numbers,
           const std::function<void(const StepInputs&)>& recorded, const std::function<void()>& plain);

  /// Has all steps computed as they are from now on, and lets the graph's memory go.
  void give_up(const std::string& obstacle);

  /// Whether steps are replayed without being computed beside it.
  bool replays() const { return graph_ && trials_ == kTrials; }

  /// Why they never will be; empty where nothing is known to hinder.
  const std::string& obstacle() const { return obstacle_; }

 private:
  void make_room(const std::vector<Tensor>& of_batch, const Numbers& numbers);
  void put_in_place(const std::vector<Tensor>& of_batch, const Numbers& numbers);
  void try_out(const std::function<void()>& recorded, const std::function<void()>& plain);

  std::optional<StepGraph> graph_;  // none where it was given up
  const Random noise_;
  const int64_t batch_size_;
  const std::vector<Tensor> state_;
  int64_t trials_ = 0;
  std::string obstacle_;

  // What the graph reads.
  std::optional<StepInputs> inputs_;
  Tensor index_;
  Numbers in_place_;
};

}  // namespace vae
