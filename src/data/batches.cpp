#include "data/batches.h"

#include <ATen/Parallel.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "core/divide_up.h"
#include "core/noise.h"
#include "data/gather.h"

namespace vae {
namespace {

constexpr std::string_view kFlip = "flip", kObserve = "observe";  // streams of batches for training

template <class Number>
Tensor gathered(const Dataset& dataset, int64_t count, const Number& number) {
  const PictureShape shape = dataset.shape();
  Tensor bytes = torch::empty({count, shape.height, shape.width, shape.channels}, torch::kUInt8);
  uint8_t* const target = bytes.data_ptr<uint8_t>();
  constexpr int64_t kBytesPerThread = 1 << 14;
  at::parallel_for(0, count, kBytesPerThread / shape.elements() + 1, [&](int64_t begin, int64_t end) {
    gather(dataset, begin, end, number, target + begin * shape.elements());
  });
  return bytes;
}

Tensor gathered(const Dataset& dataset, int64_t first, int64_t last) {
  for (int64_t i = first; i < last; ++i) dataset.expect(i);
  return gathered(dataset, last - first, [first](int64_t i) { return first + i; });
}

// The rest is for the model, what a step keeps, and whatever else the device shows or computes.
constexpr int64_t kPartOfFreeMemory = 2;

bool stay_on(torch::Device device, Residence residence, const Dataset& dataset) {
  if (residence != Residence::automatic) return residence == Residence::device;
  if (device.is_cpu()) return false;
  const auto [free, total] = at::getDeviceAllocator(device.type())->getMemoryInfo(device.index());
  const auto bytes = static_cast<size_t>(dataset.size() * dataset.shape().elements());
  if (bytes <= free / kPartOfFreeMemory) return true;
  spdlog::info(
      "the {} bytes of pictures are more than half of the {} that {} has free: each batch is brought there",
      bytes, free, device.str());
  return false;
}

int64_t pictures_of(int64_t bytes, const Dataset& dataset) {
  return std::max<int64_t>(1, bytes / dataset.shape().elements());
}

Tensor copy_of_all(const Dataset& dataset, torch::Device device) {
  constexpr int64_t kBytesTogether = 1 << 26;  // the processor's memory need not hold all
  const PictureShape shape = dataset.shape();
  const int64_t chunk = pictures_of(kBytesTogether, dataset);
  Tensor all = torch::empty({dataset.size(), shape.height, shape.width, shape.channels},
                            torch::TensorOptions(device).dtype(torch::kUInt8));
  for (int64_t first = 0; first < dataset.size(); first += chunk) {
    const int64_t last = std::min(first + chunk, dataset.size());
    all.slice(0, first, last).copy_(gathered(dataset, first, last));
  }
  return all;
}

Tensor copy_of_labels(const Dataset& dataset) {
  Tensor labels = torch::empty({dataset.size()}, torch::kLong);
  for (int64_t i = 0; i < dataset.size(); ++i) labels.data_ptr<int64_t>()[i] = dataset.label(i);
  return labels;
}

}  // namespace

Batch first_of(const Batch& batch, int64_t count) {
  const auto part = [count](const Tensor& tensor) {
    return tensor.defined() ? tensor.narrow(0, 0, count) : tensor;
  };
  return {.x = part(batch.x),
          .labels = part(batch.labels),
          .first = batch.first,
          .indices = part(batch.indices),
          .population = batch.population};
}

Pictures::Pictures(std::shared_ptr<const Dataset> dataset, const ObservationConfig& observation,
                   const BatchPlace& place)
    : dataset_(std::move(dataset)),
      observation_(observation),
      place_(place),
      labels_(copy_of_labels(*dataset_).to(place.device)) {
  if (stay_on(place.device, place.residence, *dataset_)) on_device_ = copy_of_all(*dataset_, place.device);
}

std::unique_ptr<PicturesAhead> Pictures::ahead() const {
  const bool on_processor = place_.device.is_cpu() && place_.residence != Residence::storage;
  if (on_device_.defined() || on_processor) return nullptr;
  return std::make_unique<PicturesAhead>(dataset_, place_.device);
}

Tensor Pictures::bytes(const Tensor& numbers) const {
  if (on_device_.defined()) return on_device_.index_select(0, numbers);
  const int64_t* const number = numbers.data_ptr<int64_t>();
  return gathered(*dataset_, numbers.size(0), [number](int64_t i) { return number[i]; });
}

Tensor Pictures::bytes(int64_t first, int64_t last) const {
  if (on_device_.defined()) return on_device_.slice(0, first, last);
  return gathered(*dataset_, first, last).to(place_.device);
}

Batch Pictures::observe(const Tensor& bytes, const Tensor& labels, Random& random) const {
  const Tensor x = vae::observe(observation_, bytes, place_.type, random);
  // Rows of [H, W, C] read as [C, H, W]: what LibTorch calls channels_last, the order that convolutions like
  // best.
  return {.x = x.permute({0, 3, 1, 2}), .labels = labels, .indices = {}};
}

Tensor Pictures::mean() const {
  constexpr int64_t kBytesTogether = 1 << 22;  // LibTorch makes wider numbers of all of them to sum them up
  const PictureShape shape = dataset_->shape();
  const int64_t chunk = pictures_of(kBytesTogether, *dataset_);
  Tensor sum = torch::zeros({shape.height, shape.width, shape.channels},
                            torch::dtype(torch::kLong).device(place_.device));
  for (int64_t first = 0; first < size(); first += chunk) {
    sum += bytes(first, std::min(first + chunk, size())).sum(0, /*keepdim=*/false, torch::kLong);
  }
  return (sum.to(torch::kDouble) / (255.0 * static_cast<double>(size()))).permute({2, 0, 1}).to(place_.type);
}

TrainingBatches::TrainingBatches(const Pictures& pictures, const Options& options, uint64_t seed)
    : pictures_(pictures), options_(options), seed_(seed), ahead_(pictures.ahead()) {}

int64_t TrainingBatches::per_epoch() const {
  return options_.drop_last ? pictures_.size() / options_.batch_size
                            : divide_up(pictures_.size(), options_.batch_size);
}

TrainingBatches::Order TrainingBatches::order_of(int64_t epoch) const {
  const std::vector<int64_t> order =
      Random(seed_, "shuffle", static_cast<uint64_t>(epoch)).permutation(pictures_.size());
  const Tensor here = torch::tensor(order, torch::kLong);
  return {.epoch = epoch, .here = here, .on_device = here.to(pictures_.device())};
}

void TrainingBatches::go_to(int64_t epoch) {
  if (order_.epoch == epoch) return;
  order_ = next_order_.epoch == epoch ? std::exchange(next_order_, {}) : order_of(epoch);
}

TrainingBatches::Rows TrainingBatches::rows_at(int64_t position) const {
  const int64_t first = position * options_.batch_size;
  const int64_t last = std::min(first + options_.batch_size, pictures_.size());
  const OtherRows others = options_.share.others(last - first);
  return {.first = first + others.before, .last = last - others.behind, .others = others};
}

Tensor TrainingBatches::bytes_of(const Plan& plan) {
  if (ahead_) return ahead_->take(order_.here.slice(0, plan.rows.first, plan.rows.last));
  return pictures_.bytes(plan.numbers);
}

void TrainingBatches::begin_to_bring(const Tensor& numbers) {
  if (ahead_) return ahead_->begin(numbers);
  if (!pictures_.device().is_cpu()) return;
  const int64_t* const number = numbers.const_data_ptr<int64_t>();
  for (int64_t i = 0; i < numbers.size(0); ++i) pictures_.dataset().expect(number[i]);
}

void TrainingBatches::begin_to_bring_after(int64_t position) {
  const bool is_last = position + 1 == per_epoch();
  if (is_last) next_order_ = order_of(order_.epoch + 1);
  const Rows rows = rows_at(is_last ? 0 : position + 1);
  begin_to_bring((is_last ? next_order_ : order_).here.slice(0, rows.first, rows.last));
}

TrainingBatches::Plan TrainingBatches::plan(int64_t epoch, int64_t position) {
  go_to(epoch);
  const Rows rows = rows_at(position);
  if (can_be_made_in_place()) begin_to_bring_after(position);  // a recorded step makes this one without us
  return {.position = position,
          .rows = rows,
          .numbers = order_.on_device.slice(0, rows.first, rows.last),
          .index = epoch * per_epoch() + position};
}

Random TrainingBatches::stream(std::string_view purpose, const Plan& plan) const {
  return Random(seed_, purpose, static_cast<uint64_t>(plan.index)).between(plan.rows.others);
}

Batch TrainingBatches::make(const Plan& plan) {
  const auto& [first, last, others] = plan.rows;
  Batch batch = observe(bytes_of(plan), plan.numbers, stream(kFlip, plan), stream(kObserve, plan));
  batch.first = first;
  batch.indices = plan.numbers;
  batch.others = others;
  batch.whole_indices = order_.here.slice(0, first - others.before, last + others.behind);
  if (!can_be_made_in_place()) begin_to_bring_after(plan.position);
  return batch;
}

Batch TrainingBatches::make_in_place(const Tensor& numbers, const Tensor& index) const {
  return observe(pictures_.bytes(numbers), numbers, following(Random(seed_, kFlip), index),
                 following(Random(seed_, kObserve), index));
}

Batch TrainingBatches::observe(Tensor bytes, const Tensor& numbers, Random flips, Random noise) const {
  if (options_.horizontal_flip) {
    const Tensor flipped = uniform_for_rows(flips, {bytes.size(0), 1, 1, 1}, /*rows=*/0,
                                            bytes.options().dtype(torch::kFloat)) < 0.5;
    bytes = torch::where(flipped, bytes.flip({2}), bytes);
  }
  Batch batch = pictures_.observe(bytes, pictures_.labels().index_select(0, numbers), noise);
  batch.population = pictures_.size();
  return batch;
}

EvaluationBatches::EvaluationBatches(const Pictures& pictures, int64_t batch_size, uint64_t seed)
    : pictures_(pictures), batch_size_(batch_size), seed_(seed) {}

int64_t EvaluationBatches::count() const { return divide_up(pictures_.size(), batch_size_); }

Batch EvaluationBatches::get(int64_t position) const {
  const int64_t first = position * batch_size_;
  const int64_t last = std::min(first + batch_size_, pictures_.size());
  Random random(seed_, "observe for evaluation");
  random.skip(static_cast<uint64_t>(first * pictures_.dataset().shape().elements()) * kWordsPerUniform);
  Batch batch =
      pictures_.observe(pictures_.bytes(first, last), pictures_.labels().slice(0, first, last), random);
  batch.first = first;
  batch.indices = torch::arange(first, last, torch::TensorOptions(pictures_.device()).dtype(torch::kLong));
  batch.population = pictures_.size();
  return batch;
}

}  // namespace vae
