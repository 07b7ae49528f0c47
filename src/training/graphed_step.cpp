#include "training/graphed_step.h"

#include <c10/util/Exception.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "core/noise.h"
#include "core/one_line.h"

namespace vae {
namespace {

// Of the length of a step's change. Sums in another order change the last digits of gradients, in bfloat16
// the third, and Adam's first steps are as long where a gradient is nothing but rounding: one weight in 400
// may go the other way. Other noise or other pictures change gradients by half of their length.
constexpr double kTolerance = 0.1;
// Of the length of the numbers themselves: rounding, which is all there is to a step that is short enough.
constexpr double kRounding = 1e-6;

/// On the processor: a card that is full has no room for them.
std::vector<Tensor> copies_of(const std::vector<Tensor>& tensors) {
  std::vector<Tensor> copies;
  for (const Tensor& tensor : tensors) {
    copies.push_back(tensor.detach().to(torch::kCPU, tensor.scalar_type(), /*non_blocking=*/false,
                                        /*copy=*/true));
  }
  return copies;
}

void put_back(const std::vector<Tensor>& copies, const std::vector<Tensor>& tensors) {
  const torch::NoGradGuard no_grad;
  for (size_t i = 0; i < tensors.size(); ++i) tensors[i].copy_(copies[i]);
}

double distance(const Tensor& a, const Tensor& b) {
  return (a.to(torch::kDouble) - b.to(torch::kDouble)).norm().item<double>();
}

/// Whether a step has gone the same way twice. No number agrees with one that is not a number.
bool agree(const std::vector<Tensor>& before, const std::vector<Tensor>& once,
           const std::vector<Tensor>& again) {
  for (size_t i = 0; i < before.size(); ++i) {
    const double rounding = kRounding * once[i].to(torch::kDouble).norm().item<double>();
    const double tolerance = kTolerance * distance(once[i], before[i]) + rounding;
    if (!(distance(once[i], again[i]) <= tolerance)) return false;
  }
  return true;
}

/// A rate as LibTorch's fused updates read it: float on a card.
Tensor make_rate(torch::Device device) {
  return torch::zeros({},
                      torch::TensorOptions(device).dtype(device.is_cpu() ? torch::kDouble : torch::kFloat));
}

bool have_same_form(const Tensor& a, const Tensor& b) {
  return a.defined() == b.defined() && (!a.defined() || (a.sizes() == b.sizes() && a.dtype() == b.dtype()));
}

}  // namespace

bool GraphedStep::fits(const std::vector<Tensor>& of_batch) const {
  if (!graph_ || of_batch.front().size(0) != batch_size_) return false;
  return !inputs_ || std::ranges::equal(of_batch, inputs_->of_batch, have_same_form);
}

void GraphedStep::run(const std::vector<Tensor>& of_batch, const Numbers& numbers,
                      const std::function<void(const StepInputs&)>& recorded,
                      const std::function<void()>& plain) {
  if (!inputs_) make_room(of_batch, numbers);
  put_in_place(of_batch, numbers);
  const auto step = [this, &recorded] { recorded(*inputs_); };
  if (trials_ < kTrials) return try_out(step, plain);
  graph_->run(step);
}

void GraphedStep::make_room(const std::vector<Tensor>& of_batch, const Numbers& numbers) {
  std::vector<Tensor> room;
  for (const Tensor& tensor : of_batch) room.push_back(tensor.defined() ? torch::empty_like(tensor) : tensor);
  const torch::TensorOptions weights = state_.front().options();
  index_ = torch::zeros({}, weights.dtype(torch::kLong));
  inputs_.emplace(StepInputs{.of_batch = std::move(room),
                             .batch_index = torch::zeros_like(index_),
                             .noise = following(noise_, index_),
                             .learning_rate = make_rate(weights.device()),
                             .average_pull = torch::zeros({}, weights),
                             .kl_weight = numbers.kl_weight ? torch::zeros({}, weights) : Tensor()});
}

// A number that stays is not written again: each write costs as much as a kernel of the step.
void GraphedStep::put_in_place(const std::vector<Tensor>& of_batch, const Numbers& numbers) {
  for (size_t i = 0; i < of_batch.size(); ++i) {
    if (of_batch[i].defined()) inputs_->of_batch[i].copy_(of_batch[i]);
  }
  const auto put = [](const Tensor& place, auto number, auto before) {
    if (number != before) place.fill_(number);
  };
  const Numbers before = std::exchange(in_place_, numbers);
  put(index_, numbers.index, before.index);
  put(inputs_->batch_index, numbers.batch_index, before.batch_index);
  put(inputs_->learning_rate, numbers.learning_rate, before.learning_rate);
  put(inputs_->average_pull, numbers.average_pull, before.average_pull);
  if (numbers.kl_weight) put(inputs_->kl_weight, *numbers.kl_weight, before.kl_weight.value_or(0));
}

// What is computed as it is comes last, and counts.
void GraphedStep::try_out(const std::function<void()>& recorded, const std::function<void()>& plain) {
  const std::vector<Tensor> before = copies_of(state_);
  std::string obstacle;
  std::vector<Tensor> replayed;
  try {
    graph_->run(recorded);
    replayed = copies_of(state_);
  } catch (const c10::Error& error) {
    obstacle = first_line(error.what_without_backtrace());
  }
  put_back(before, state_);
  plain();
  if (obstacle.empty() && !agree(before, copies_of(state_), replayed)) {
    obstacle = "it does not come to the same numbers";
  }
  if (!obstacle.empty()) return give_up(obstacle);
  if (++trials_ == kTrials) spdlog::debug("steps are replayed as a graph");
}

void GraphedStep::give_up(const std::string& obstacle) {
  spdlog::info("steps are not replayed as a graph: {}", obstacle);
  obstacle_ = obstacle;
  graph_.reset();
  inputs_.reset();
}

}  // namespace vae
