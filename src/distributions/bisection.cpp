#include "distributions/bisection.h"

namespace vae {

Tensor invert_increasing(const std::function<Tensor(const Tensor&)>& increasing, const Tensor& target,
                         double low, double high) {
  constexpr int kHalvings = 60;
  const torch::NoGradGuard no_grad;
  Tensor x = torch::full_like(target, (low + high) / 2, torch::kDouble);
  double step = (high - low) / 4;
  for (int i = 0; i < kHalvings; ++i, step /= 2) {
    x = torch::where(increasing(x) < target, x + step, x - step);
  }
  return x;
}

}  // namespace vae
