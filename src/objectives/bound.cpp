#include "objectives/bound.h"

#include <limits>

#include "kernels/log_mean_exp.h"
#include "kernels/scaled_sum.h"

namespace vae {

Tensor Bound::mean_value(const Tensor& log_weights) const { return mean_of_all(value(log_weights)); }

Tensor MeanBound::mean_value(const Tensor& log_weights) const { return mean_of_all(log_weights); }

Tensor MeanBound::value(const Tensor& log_weights) const {
  return log_weights.size(0) == 1 ? log_weights.squeeze(0) : log_weights.mean(0);
}

Tensor MeanBound::shares(const Tensor& log_weights) const {
  return torch::full_like(log_weights, 1.0 / static_cast<double>(log_weights.size(0)));
}

Tensor MeanBound::elasticities(const Tensor& log_weights) const { return torch::zeros_like(log_weights); }

Tensor RenyiBound::value(const Tensor& log_weights) const { return log_mean_exp(log_weights, power_); }

Tensor RenyiBound::shares(const Tensor& log_weights) const { return torch::softmax(power_ * log_weights, 0); }

Tensor RenyiBound::elasticities(const Tensor& log_weights) const {
  return power_ * (1 - shares(log_weights));
}

Tensor ConvexBound::value(const Tensor& log_weights) const {
  return beta_ * mean_.value(log_weights) + (1 - beta_) * importance_weighted_.value(log_weights);
}

Tensor ConvexBound::shares(const Tensor& log_weights) const {
  return beta_ * mean_.shares(log_weights) + (1 - beta_) * importance_weighted_.shares(log_weights);
}

Tensor ConvexBound::elasticities(const Tensor& log_weights) const {
  // Where beta is 0 and a share has underflowed, the quotient is 1, not 0 / 0.
  constexpr double kTiny = std::numeric_limits<float>::min();
  const Tensor from_importance = (1 - beta_) * importance_weighted_.shares(log_weights) + kTiny;
  return importance_weighted_.elasticities(log_weights) * from_importance / (shares(log_weights) + kTiny);
}

}  // namespace vae
