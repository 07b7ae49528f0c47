#include "training/moving_average.h"

#include <algorithm>
#include <utility>

namespace vae {

double MovingAverage::pull(int64_t updates) const {
  const auto t = static_cast<double>(updates);
  return 1 - std::min(decay_, (1 + t) / (10 + t));
}

SwappedValues::SwappedValues(Tensor values, const Tensor& others) : values_(std::move(values)) {
  const torch::NoGradGuard no_grad;
  kept_ = values_.clone();
  values_.copy_(others);
}

SwappedValues::~SwappedValues() {
  const torch::NoGradGuard no_grad;
  values_.copy_(kept_);
}

}  // namespace vae
