#include "distributions/normal.h"

#include <cmath>
#include <numbers>

namespace vae {

Tensor normal_log_prob(const Tensor& x, const Tensor& mean, const Tensor& log_variance) {
  const double log_two_pi = std::log(2 * std::numbers::pi);
  return -0.5 * (log_two_pi + log_variance + (x - mean).square() * torch::exp(-log_variance));
}

}  // namespace vae
