#include "evaluation/latent_sweep.h"

#include <algorithm>
#include <numeric>

#include "model/generate.h"

namespace vae {

std::vector<int64_t> by_activity(std::span<const LatentDimension> latents) {
  std::vector<int64_t> order(latents.size());
  std::iota(order.begin(), order.end(), 0);
  const auto activity = [&](int64_t position) {
    const LatentDimension& dimension = latents[static_cast<size_t>(position)];
    return dimension.kl.value_or(dimension.variance_of_means);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return activity(a) > activity(b); });
  return order;
}

std::vector<double> sweep_values(const LatentDimension& dimension, int64_t count, double deviations) {
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i) {
    const double place = count > 1 ? 2 * static_cast<double>(i) / static_cast<double>(count - 1) - 1 : 0;
    values.push_back(dimension.mean + place * deviations * dimension.deviation);
  }
  return values;
}

Tensor sweep(const Vae& model, const Tensor& z, const Tensor& label, int64_t position,
             std::span<const double> values) {
  const torch::NoGradGuard no_grad;
  const auto count = static_cast<int64_t>(values.size());
  Tensor swept = z.repeat({count, 1});
  swept.select(1, position).copy_(torch::tensor(std::vector<double>(values.begin(), values.end())));
  const Tensor parameters = model.decode(swept, label.defined() ? label.repeat({count}) : label);
  return model.likelihood().mean(parameters).clamp(0, 1);
}

}  // namespace vae
