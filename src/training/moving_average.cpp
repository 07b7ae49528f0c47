#include "training/moving_average.h"

#include <algorithm>
#include <utility>

namespace vae {

void MovingAverage::update(const Tensor& values, int64_t updates, const Tensor& non_finite) {
  const torch::NoGradGuard no_grad;
  const auto t = static_cast<double>(updates);
  const double decay = std::min(decay_, (1 + t) / (10 + t));
  average_.lerp_(values, (1 - decay) * (1 - non_finite).to(values.scalar_type()));
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
