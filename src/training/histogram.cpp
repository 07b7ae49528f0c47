#include "training/histogram.h"

#include <algorithm>
#include <cmath>

namespace vae {
namespace {

constexpr int64_t kBuckets = 30;  // as in the summaries of TensorFlow 2

}  // namespace

Histogram histogram_of(std::span<const float> numbers) {
  std::vector<double> finite;
  std::ranges::copy_if(numbers, std::back_inserter(finite), [](float x) { return std::isfinite(x); });
  if (finite.empty()) return {};
  const auto [least, largest] = std::ranges::minmax(finite);
  Histogram result = {.least = least, .largest = largest, .count = std::ssize(finite)};

  const int64_t buckets = least < largest ? kBuckets : 1;
  const double width = (largest - least) / static_cast<double>(buckets);
  for (int64_t i = 1; i < buckets; ++i) result.limits.push_back(least + width * static_cast<double>(i));
  result.limits.push_back(largest);
  result.counts.resize(result.limits.size());
  for (const double x : finite) {
    result.sum += x;
    result.sum_of_squares += x * x;
    ++result.counts[static_cast<size_t>(std::ranges::lower_bound(result.limits, x) - result.limits.begin())];
  }
  return result;
}

}  // namespace vae
