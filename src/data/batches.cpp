#include "data/batches.h"

#include <algorithm>

#include "core/noise.h"

namespace vae {
namespace {

int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

Tensor view_of_bytes(const MemoryDataset& dataset) {
  const PictureShape shape = dataset.shape();
  // from_blob wants a pointer to change, which nobody does: rows are only ever gathered.
  auto* bytes = const_cast<uint8_t*>(dataset.pixels().data());
  return torch::from_blob(bytes, {dataset.size(), shape.height, shape.width, shape.channels}, torch::kUInt8);
}

Tensor copy_of_labels(const MemoryDataset& dataset) {
  Tensor labels = torch::empty({dataset.size()}, torch::kLong);
  for (int64_t i = 0; i < dataset.size(); ++i) labels.data_ptr<int64_t>()[i] = dataset.label(i);
  return labels;
}

}  // namespace

Pictures::Pictures(std::shared_ptr<const MemoryDataset> dataset, const ObservationConfig& observation,
                   const BatchPlace& place)
    : dataset_(std::move(dataset)),
      observation_(observation),
      place_(place),
      bytes_(view_of_bytes(*dataset_).to(place.device)),
      labels_(copy_of_labels(*dataset_).to(place.device)) {}

Batch Pictures::observe(const Tensor& bytes, const Tensor& labels, Random& random) const {
  const Tensor x = vae::observe(observation_, bytes, place_.type, random);
  // Rows of [H, W, C] read as [C, H, W]: what LibTorch calls channels_last, the order that convolutions like
  // best.
  return {.x = x.permute({0, 3, 1, 2}), .labels = labels, .indices = {}};
}

Tensor Pictures::mean() const {
  constexpr int64_t kChunk = 4096;  // bounds the memory of the wider sums
  Tensor sum =
      torch::zeros({bytes_.size(1), bytes_.size(2), bytes_.size(3)}, bytes_.options().dtype(torch::kLong));
  for (const Tensor& rows : bytes_.split(kChunk)) sum += rows.sum(0, /*keepdim=*/false, torch::kLong);
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
  const Tensor rows = order_.slice(0, first, last);
  const auto step = static_cast<uint64_t>(epoch * per_epoch() + position);

  Tensor bytes = pictures_.bytes().index_select(0, rows);
  if (options_.horizontal_flip) {
    Random random(seed_, "flip", step);
    const Tensor flipped =
        uniform(random, {bytes.size(0), 1, 1, 1}, bytes.options().dtype(torch::kFloat)) < 0.5;
    bytes = torch::where(flipped, bytes.flip({2}), bytes);
  }
  Random random(seed_, "observe", step);
  Batch batch = pictures_.observe(bytes, pictures_.labels().index_select(0, rows), random);
  batch.first = first;
  batch.indices = rows;
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
  Batch batch = pictures_.observe(pictures_.bytes().slice(0, first, last),
                                  pictures_.labels().slice(0, first, last), random);
  batch.first = first;
  batch.indices = torch::arange(first, last, torch::TensorOptions(pictures_.device()).dtype(torch::kLong));
  batch.population = pictures_.size();
  return batch;
}

}  // namespace vae
