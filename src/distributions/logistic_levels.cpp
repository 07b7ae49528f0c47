#include "distributions/logistic_levels.h"

#include "distributions/bisection.h"

namespace vae {
namespace {

constexpr double kHighest = kLevels - 1;
constexpr double kHalfLevel = 0.5 / kHighest;
constexpr double kEdge = 5e-3;

}  // namespace

// With s the sigmoid and p > m the ends of the level in units of the scale,
//   log(s(p) - s(m)) = log s(p) + log s(-m) + log(1 - e^(m - p)),
// which is exact in both tails and for any width.
Tensor logistic_level_log_prob(const Tensor& x, const Tensor& mean, const Tensor& scale) {
  const Tensor level = torch::round(x * kHighest);
  const Tensor center = level / kHighest - mean;
  const Tensor below = torch::log_sigmoid((center + kHalfLevel) / scale);  // log P(x <= level)
  const Tensor above = torch::log_sigmoid((kHalfLevel - center) / scale);  // log P(x >= level)
  const Tensor width = torch::log(-torch::expm1(-2 * kHalfLevel / scale));
  return torch::where(level <= 0, below, torch::where(level >= kHighest, above, below + above + width));
}

Tensor logistic_level_mean(const Tensor& mean, const Tensor& scale) {
  Tensor sum = torch::zeros_like(mean);
  for (int level = 1; level < kLevels; ++level) {
    sum = sum + torch::sigmoid((mean - (level - 0.5) / kHighest) / scale);
  }
  return sum / kHighest;
}

Tensor logistic_level_sample(const Tensor& u, const Tensor& mean, const Tensor& scale) {
  const Tensor y = mean + scale * (torch::log(u) - torch::log1p(-u));
  return torch::round(y * kHighest).clamp(0, kHighest) / kHighest;
}

Tensor logistic_location_for_mean(const Tensor& mean, double scale) {
  const Tensor target = mean.to(torch::kDouble).clamp(kEdge, 1 - kEdge);
  const Tensor constant = torch::full_like(target, scale);
  const double reach = 1 + 20 * scale;
  const auto mean_at = [&](const Tensor& location) { return logistic_level_mean(location, constant); };
  return invert_increasing(mean_at, target, -reach, 1 + reach).to(mean.scalar_type());
}

}  // namespace vae
