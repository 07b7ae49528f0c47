#include "data/batches.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "core/divide_up.h"
#include "core/noise.h"

namespace vae {
namespace {

/// Has the memory of a picture on its way before it is copied: pictures of a batch lie far apart.
void prefetch(std::span<const uint8_t> pixels) {
  constexpr size_t kLine = 64, kEnough = 1024;  // bytes; what follows the processor foresees
  for (size_t at = 0; at < std::min(pixels.size(), kEnough); at += kLine) __builtin_prefetch(&pixels[at]);
}

/// Copies the pictures number(0) ... number(count - 1), one after another.
template <class Number>
Tensor gather(const Dataset& dataset, int64_t count, const Number& number) {
  const PictureShape shape = dataset.shape();
  Tensor bytes = torch::empty({count, shape.height, shape.width, shape.channels}, torch::kUInt8);
  uint8_t* const target = bytes.data_ptr<uint8_t>();
  constexpr int64_t kAhead = 4, kBytesPerThread = 1 << 14;
  at::parallel_for(0, count, kBytesPerThread / shape.elements() + 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      if (i + kAhead < end) prefetch(dataset.stored(number(i + kAhead)));
      const auto pixels = dataset.stored(number(i));
      std::memcpy(target + i * shape.elements(), pixels.data(), pixels.size_bytes());
    }
  });
  return bytes;
}

Tensor gather(const Dataset& dataset, int64_t first, int64_t last) {
  return gather(dataset, last - first, [first](int64_t i) { return first + i; });
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
  if (!place.device.is_cpu()) on_device_ = gather(*dataset_, 0, size()).to(place.device);
}

Tensor Pictures::bytes(const Tensor& numbers) const {
  if (on_device_.defined()) return on_device_.index_select(0, numbers);
  const int64_t* const number = numbers.data_ptr<int64_t>();
  return gather(*dataset_, numbers.size(0), [number](int64_t i) { return number[i]; });
}

Tensor Pictures::bytes(int64_t first, int64_t last) const {
  return on_device_.defined() ? on_device_.slice(0, first, last) : gather(*dataset_, first, last);
}

Batch Pictures::observe(const Tensor& bytes, const Tensor& labels, Random& random) const {
  const Tensor x = vae::observe(observation_, bytes, place_.type, random);
  // Rows of [H, W, C] read as [C, H, W]: what LibTorch calls channels_last, the order that convolutions like
  // best.
  return {.x = x.permute({0, 3, 1, 2}), .labels = labels, .indices = {}};
}

Tensor Pictures::mean() const {
  constexpr int64_t kChunk = 4096;  // bounds the memory of the wider sums
  const PictureShape shape = dataset_->shape();
  Tensor sum = torch::zeros({shape.height, shape.width, shape.channels},
                            torch::dtype(torch::kLong).device(place_.device));
  for (int64_t first = 0; first < size(); first += kChunk) {
    sum += bytes(first, std::min(first + kChunk, size())).sum(0, /*keepdim=*/false, torch::kLong);
  }
  return (sum.to(torch::kDouble) / (255.0 * static_cast<double>(size()))).permute({2, 0, 1}).to(place_.type);
}

TrainingBatches::TrainingBatches(const Pictures& pictures, const Options& options, uint64_t seed)
    : pictures_(pictures), options_(options), seed_(seed) {}

int64_t TrainingBatches::per_epoch() const {
  return options_.drop_last ? pictures_.size() / options_.batch_size
                            : divide_up(pictures_.size(), options_.batch_size);
}

void TrainingBatches::shuffle(int64_t epoch) {
  const std::vector<int64_t> order =
      Random(seed_, "shuffle", static_cast<uint64_t>(epoch)).permutation(pictures_.size());
  order_ = torch::tensor(order, torch::kLong).to(pictures_.device());
  shuffled_epoch_ = epoch;
}

Batch TrainingBatches::get(int64_t epoch, int64_t position) {
  if (epoch != shuffled_epoch_) shuffle(epoch);
  const int64_t first = position * options_.batch_size;
  const int64_t last = std::min(first + options_.batch_size, pictures_.size());
  const OtherRows others = options_.share.others(last - first);
  const Tensor rows = order_.slice(0, first + others.before, last - others.behind);
  const auto step = static_cast<uint64_t>(epoch * per_epoch() + position);

  Tensor bytes = pictures_.bytes(rows);
  if (options_.horizontal_flip) {
    Random random = Random(seed_, "flip", step).between(others);
    const Tensor flipped = uniform_for_rows(random, {bytes.size(0), 1, 1, 1}, /*rows=*/0,
                                            bytes.options().dtype(torch::kFloat)) < 0.5;
    bytes = torch::where(flipped, bytes.flip({2}), bytes);
  }
  Random random = Random(seed_, "observe", step).between(others);
  Batch batch = pictures_.observe(bytes, pictures_.labels().index_select(0, rows), random);
  batch.first = first + others.before;
  batch.indices = rows;
  batch.population = pictures_.size();
  batch.others = others;
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
