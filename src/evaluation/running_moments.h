// Mean and variance of vectors, one after the other.
#pragma once

#include <cstdint>

#include "core/tensor.h"

namespace vae {

/// Of all rows so far, in float64 whatever they come in; nothing else of them is kept. Welford 1962; for
/// several rows at once Chan, Golub and LeVeque 1979, equation 2.1.
class RunningMoments {
 public:
  /// rows [n, size], n >= 1.
  void add(const Tensor& rows);

  int64_t count() const { return count_; }
  Tensor mean() const { return mean_; }  // [size]
  /// With the divisor count - 1: [size]; count >= 2.
  Tensor variance() const { return squares_ / static_cast<double>(count_ - 1); }

 private:
  int64_t count_ = 0;
  Tensor mean_;
  Tensor squares_;  // sum of the squared distances from the mean
};

}  // namespace vae
