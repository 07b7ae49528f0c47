// The sum of gradients over processes, piece by piece.
#pragma once

#include <memory>
#include <vector>

#include "distributed/group.h"
#include "training/flat_parameters.h"

namespace vae {

/// Sums gradients and what lies behind them over the processes of a group: some parameters at a time, the
/// last ones first, since a backward pass comes to them first. What it has computed travels while it goes on.
class GradientBuckets {
 public:
  /// Of one message at least: each costs several hand-shakes.
  static constexpr int64_t kBytes = int64_t{4} << 20;

  /// The parameters must outlive this.
  GradientBuckets(FlatParameters& parameters, std::shared_ptr<const Group> group, WirePrecision precision,
                  int64_t least_bytes = kBytes);
  ~GradientBuckets();
  GradientBuckets(const GradientBuckets&) = delete;
  GradientBuckets& operator=(const GradientBuckets&) = delete;

  /// Before the backward pass, after FlatParameters::clear_gradients, with the numbers behind the gradients
  /// complete, which travel as they are.
  void begin();

  /// After it, if there was one: gradients and numbers behind them are everyone's sum.
  void finish();

 private:
  struct Bucket {
    size_t first = 0;  // of its parameters
    size_t last = 0;   // behind them
    Tensor numbers;
    WirePrecision precision = WirePrecision::full;
    size_t missing = 0;  // gradients that the backward pass has yet to compute
  };
  void cut(WirePrecision precision, int64_t least_bytes);
  void hear(size_t parameter);
  void send(const Bucket& bucket);
  void send_what_is_complete();

  FlatParameters& parameters_;
  std::shared_ptr<const Group> group_;
  std::vector<Bucket> buckets_;
  std::vector<size_t> bucket_of_;  // by parameter
  std::vector<std::unique_ptr<PendingSum>> sums_;
  bool is_under_way_ = false;
};

}  // namespace vae
