#include "distributions/categorical.h"

#include "core/noise.h"
#include "distributions/bisection.h"

namespace vae {
namespace {

constexpr int64_t kLevelDimension = -3;  // of logits [..., C, L, H, W]

// Mean pixels nearer to 0 or 1 than this start there: a level that never occurred must not begin at infinity.
constexpr double kEdge = 5e-3;

}  // namespace

Tensor Categorical::logits(const Tensor& parameters) const {
  return parameters.unflatten(kChannelDimension, {-1, levels_});
}

Tensor Categorical::values(const torch::TensorOptions& options) const {
  return torch::linspace(0, 1, levels_, options).view({levels_, 1, 1});
}

Tensor Categorical::expectation(const Tensor& logits) const {
  return (torch::softmax(logits, kLevelDimension) * values(logits.options())).sum(kLevelDimension);
}

Tensor Categorical::log_prob(const Tensor& x, const Tensor& parameters) const {
  const Tensor log_probabilities = torch::log_softmax(logits(parameters), kLevelDimension);
  std::vector<int64_t> shape = log_probabilities.sizes().vec();
  shape[shape.size() - 3] = 1;
  const Tensor level = torch::round(x * static_cast<double>(levels_ - 1)).to(torch::kLong);
  const Tensor index = level.unsqueeze(kLevelDimension).expand(shape);
  return sum_pixels(log_probabilities.gather(kLevelDimension, index).squeeze(kLevelDimension));
}

Tensor Categorical::mean(const Tensor& parameters) const { return expectation(logits(parameters)); }

// The level into which u falls among the cumulated probabilities.
Tensor Categorical::sample(const Tensor& parameters, Random& random) const {
  const Tensor cumulated = torch::softmax(logits(parameters), kLevelDimension).cumsum(kLevelDimension);
  const Tensor u = uniform(random, cumulated.select(kLevelDimension, 0).sizes(), parameters.options());
  const Tensor level = (u.unsqueeze(kLevelDimension) > cumulated).sum(kLevelDimension);
  const int64_t last = levels_ - 1;  // rounding may leave the sum below u
  return level.clamp_max(last).to(parameters.scalar_type()) / static_cast<double>(last);
}

// Under given means the entropy is largest with logits linear in the value.
Tensor Categorical::parameters_for_mean(const Tensor& mean) const {
  const Tensor target = mean.to(torch::kDouble).clamp(kEdge, 1 - kEdge);
  const auto tilted = [&](const Tensor& slope) {
    return slope.unsqueeze(kLevelDimension) * values(slope.options());
  };
  const auto mean_at = [&](const Tensor& slope) { return expectation(tilted(slope)); };
  return tilted(invert_increasing(mean_at, target, -1e3, 1e3)).flatten(0, 1).to(mean.scalar_type());
}

std::shared_ptr<Likelihood> make_likelihood(const CategoricalConfig& config, int64_t) {
  return std::make_shared<Categorical>(config);
}

}  // namespace vae
