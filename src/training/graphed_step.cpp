#include "training/graphed_step.h"

#include <c10/util/Exception.h>
#include <spdlog/spdlog.h>

#include <utility>

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

/// `index` is an int64 scalar.
Random following(const Random& noise, const Tensor& index) {
  const auto* place = reinterpret_cast<const uint64_t*>(index.const_data_ptr<int64_t>());
  return index.is_cpu() ? noise.following(place) : noise.following_on_card(place);
}

/// A rate as LibTorch's fused updates read it: float on a card.
Tensor make_rate(torch::Device device) {
  return torch::zeros({},
                      torch::TensorOptions(device).dtype(device.is_cpu() ? torch::kDouble : torch::kFloat));
}

/// Memory for what a step reads of such a batch.
Batch room_for(const Batch& batch) {
  Batch room;
  room.x = torch::empty_like(batch.x);
  if (batch.labels.defined()) room.labels = torch::empty_like(batch.labels);
  room.population = batch.population;
  return room;
}

}  // namespace

bool GraphedStep::fits(const Batch& batch) const {
  if (!graph_ || batch.size() != batch_size_) return false;
  return !inputs_ || (batch.x.sizes() == inputs_->batch.x.sizes() &&
                      batch.labels.defined() == inputs_->batch.labels.defined());
}

void GraphedStep::run(const Batch& batch, const Numbers& numbers,
                      const std::function<void(const StepInputs&)>& recorded,
                      const std::function<void()>& plain) {
  put_in_place(batch, numbers);
  const auto step = [this, &recorded] { recorded(*inputs_); };
  if (trials_ < kTrials) return try_out(step, plain);
  graph_->run(step);
}

// A rate that stays is not written again: each write costs as much as a kernel of the step.
void GraphedStep::put_in_place(const Batch& batch, const Numbers& numbers) {
  if (!inputs_) {
    index_ = torch::zeros({}, batch.x.options().dtype(torch::kLong));
    inputs_.emplace(StepInputs{.batch = room_for(batch),
                               .noise = following(noise_, index_),
                               .learning_rate = make_rate(batch.x.device()),
                               .average_pull = torch::zeros({}, batch.x.options())});
  }
  inputs_->batch.x.copy_(batch.x);
  if (batch.labels.defined()) inputs_->batch.labels.copy_(batch.labels);
  index_.fill_(static_cast<int64_t>(numbers.index));
  if (numbers.learning_rate != in_place_.learning_rate) inputs_->learning_rate.fill_(numbers.learning_rate);
  if (numbers.average_pull != in_place_.average_pull) inputs_->average_pull.fill_(numbers.average_pull);
  in_place_ = numbers;
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
