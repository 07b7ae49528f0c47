#include "training/gradient_buckets.h"

#include <algorithm>
#include <utility>

namespace vae {

GradientBuckets::GradientBuckets(FlatParameters& parameters, std::shared_ptr<const Group> group,
                                 WirePrecision precision, int64_t least_bytes)
    : parameters_(parameters), group_(std::move(group)), bucket_of_(parameters.count()) {
  cut(precision, least_bytes);
  parameters_.on_gradient([this](size_t parameter) { hear(parameter); });
}

GradientBuckets::~GradientBuckets() { parameters_.on_gradient(nullptr); }

void GradientBuckets::cut(WirePrecision precision, int64_t least_bytes) {
  const Tensor all = parameters_.gradients_and_tail();
  const int64_t gradients = parameters_.gradients().numel();
  int64_t end = all.numel();
  if (precision != WirePrecision::full) {  // what lies behind travels as it is
    buckets_.push_back({.first = 0, .last = 0, .numbers = all.narrow(0, gradients, end - gradients)});
    end = gradients;
  }
  size_t last = parameters_.count();
  for (size_t first = last; first-- > 0;) {
    const int64_t begin = parameters_.offset(first);
    if (first > 0 && (end - begin) * all.element_size() < least_bytes) continue;
    std::fill(bucket_of_.begin() + static_cast<std::ptrdiff_t>(first),
              bucket_of_.begin() + static_cast<std::ptrdiff_t>(last), buckets_.size());
    buckets_.push_back(
        {.first = first, .last = last, .numbers = all.narrow(0, begin, end - begin), .precision = precision});
    end = begin;
    last = first;
  }
}

void GradientBuckets::begin() {
  sums_.clear();
  for (Bucket& bucket : buckets_) bucket.missing = bucket.last - bucket.first;
  is_under_way_ = true;
  send_what_is_complete();
}

void GradientBuckets::hear(size_t parameter) {
  if (!is_under_way_) return;
  --buckets_[bucket_of_[parameter]].missing;
  send_what_is_complete();
}

// In the order of the buckets, which is the same for all, whatever order the gradients come in.
void GradientBuckets::send_what_is_complete() {
  while (sums_.size() < buckets_.size() && buckets_[sums_.size()].missing == 0) send(buckets_[sums_.size()]);
}

void GradientBuckets::send(const Bucket& bucket) {
  parameters_.collect_gradients(bucket.first, bucket.last);
  sums_.push_back(group_->begin_sum(bucket.numbers, bucket.precision));
}

void GradientBuckets::finish() {
  is_under_way_ = false;
  while (sums_.size() < buckets_.size()) send(buckets_[sums_.size()]);  // some had no gradient
  for (const auto& sum : sums_) sum->reduce();
  for (const auto& sum : sums_) sum->finish();
}

}  // namespace vae
