// Data sets to the batches that models are trained and evaluated on.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/random.h"
#include "core/tensor.h"
#include "data/dataset.h"
#include "data/observation.h"
#include "data/pictures_ahead.h"

namespace vae {

struct Batch {
  Tensor x;                   // [N, C, H, W] in [0, 1]
  Tensor labels = {};         // [N], int64; kNoLabel where there is none
  int64_t first = 0;          // position of the first picture in the order the batches are cut from
  Tensor indices = {};        // [N], int64: which pictures of the data set
  int64_t population = 0;     // pictures of the data set
  OtherRows others = {};      // where several processes share a batch: what they have of it
  Tensor whole_indices = {};  // of those of all processes, on the processor; only of batches for training

  int64_t size() const { return x.size(0); }
  int64_t whole_size() const { return others.before + size() + others.behind; }
};

/// Its first `count` pictures.
Batch first_of(const Batch& batch, int64_t count);

/// Where the bytes of the pictures lie: all on the device of the batches, or where they are stored, from
/// where each batch is brought to the device ahead of its step. `automatic` takes the device where they fit
/// into half of its free memory; the processor takes them from where they are stored.
enum class Residence { automatic, device, storage };

/// Where batches are made, and of which type.
struct BatchPlace {
  torch::Device device = torch::kCPU;
  torch::ScalarType type = torch::kFloat;
  Residence residence = Residence::automatic;
};

/// The pictures of a data set as bytes, [N, H, W, C], and what turns some of them into x.
class Pictures {
 public:
  /// The data set's pixels must be stored.
  Pictures(std::shared_ptr<const Dataset> dataset, const ObservationConfig& observation,
           const BatchPlace& place);

  int64_t size() const { return dataset_->size(); }
  const Dataset& dataset() const { return *dataset_; }

  /// What brings batches to the device ahead of their steps; null where the pictures lie there already.
  std::unique_ptr<PicturesAhead> ahead() const;

  /// Whether they do.
  bool lie_on_device() const { return on_device_.defined(); }

  /// Those of the given numbers, an int64 tensor [N] on the device. Not where they are brought ahead.
  Tensor bytes(const Tensor& numbers) const;

  /// Those from `first` up to `last`.
  Tensor bytes(int64_t first, int64_t last) const;

  /// x and labels of bytes, [N, H, W, C] and [N].
  Batch observe(const Tensor& bytes, const Tensor& labels, Random& random) const;

  Tensor labels() const { return labels_; }
  torch::Device device() const { return place_.device; }
  torch::ScalarType type() const { return place_.type; }

  /// The mean picture, [C, H, W] in [0, 1].
  Tensor mean() const;

 private:
  std::shared_ptr<const Dataset> dataset_;
  ObservationConfig observation_;
  BatchPlace place_;
  Tensor on_device_;  // undefined where they stay in storage
  Tensor labels_;
};

/// Which of `count` equal parts, in order.
struct Share {
  int64_t index = 0;
  int64_t count = 1;

  /// The rows of it among `rows`: up to where those before it end, and behind it.
  OtherRows others(int64_t rows) const {
    return {.before = rows * index / count, .behind = rows - rows * (index + 1) / count};
  }
};

/// Batches of each epoch in an order that is a function of (seed, epoch) alone.
class TrainingBatches {
 public:
  struct Options {
    int64_t batch_size = 128;
    bool drop_last = false;
    bool horizontal_flip = false;
    Share share = {};  // of each batch that get() gives; it may be empty
  };

  TrainingBatches(const Pictures& pictures, const Options& options, uint64_t seed);

  int64_t per_epoch() const;

  /// Which rows of an epoch's order the share of a batch takes.
  struct Rows {
    int64_t first, last;
    OtherRows others;
  };

  /// What a batch is made of.
  struct Plan {
    int64_t position = 0;  // in its epoch
    Rows rows = {};
    Tensor numbers = {};  // [N], int64 on the device: which pictures
    int64_t index = 0;    // of its noise

    int64_t size() const { return rows.last - rows.first; }
    int64_t whole_size() const { return rows.others.before + size() + rows.others.behind; }
  };

  /// The share of the batch at `position` of `epoch`; its noise is a function of (seed, epoch, position,
  /// place in the whole batch).
  Batch get(int64_t epoch, int64_t position) { return make(plan(epoch, position)); }

  /// The same in two steps, one of which begins to bring the next batch. A plan is of use until the next is
  /// made.
  Plan plan(int64_t epoch, int64_t position);
  Batch make(const Plan& plan);

  /// Whether a recorded step can make its batches of numbers in the memory of the device.
  bool can_be_made_in_place() const { return pictures_.lie_on_device(); }

  /// x and labels of a batch of `numbers`, [N], and the index of its noise, a scalar, both int64 on the
  /// device: of what they hold whenever this is done again. For one process alone.
  Batch make_in_place(const Tensor& numbers, const Tensor& index) const;

 private:
  /// The pictures' numbers as an epoch goes through them.
  struct Order {
    int64_t epoch = -1;
    Tensor here;       // on the processor
    Tensor on_device;  // the same
  };
  Order order_of(int64_t epoch) const;
  void go_to(int64_t epoch);

  Rows rows_at(int64_t position) const;
  Tensor bytes_of(const Plan& plan);
  Random stream(std::string_view purpose, const Plan& plan) const;
  Batch observe(Tensor bytes, const Tensor& numbers, Random flips, Random noise) const;
  void begin_to_bring(const Tensor& numbers);
  void begin_to_bring_after(int64_t position);

  const Pictures& pictures_;
  Options options_;
  uint64_t seed_;
  Order order_, next_order_;
  std::unique_ptr<PicturesAhead> ahead_;
};

/// Batches in the data's own order; each picture is observed once and for all, as a function of (seed,
/// index).
class EvaluationBatches {
 public:
  EvaluationBatches(const Pictures& pictures, int64_t batch_size, uint64_t seed);

  int64_t count() const;
  Batch get(int64_t position) const;
  const Pictures& pictures() const { return pictures_; }

 private:
  const Pictures& pictures_;
  int64_t batch_size_;
  uint64_t seed_;
};

}  // namespace vae
