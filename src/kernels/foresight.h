// Reading ahead, where the processor does not foresee what a loop will read.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/divide_up.h"

namespace vae {

/// Brings memory that will be read soon nearer, in so many steps.
class Foresight {
 public:
  Foresight(const float* begin, const float* end, int64_t steps)
      : next_(begin), end_(end), step_(divide_up(divide_up(end - begin, kLine), steps) * kLine) {}

  void look_ahead() {
    const float* until = std::min(next_ + step_, end_);
    for (; next_ < until; next_ += kLine) __builtin_prefetch(next_, /*write=*/0, /*locality=*/2);
  }

 private:
  static constexpr int64_t kLine = 16;  // of the cache, in numbers

  const float *next_, *end_;
  int64_t step_;
};

}  // namespace vae
