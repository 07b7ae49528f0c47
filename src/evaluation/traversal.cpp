#include "evaluation/traversal.h"

#include <algorithm>

namespace vae {
namespace {

/// [latent] to [variables]: what belongs to the categories of one variable together.
Tensor sum_of_categories(const Tensor& values, const LatentSpace& latents) {
  return latents.is_real() ? values : values.view({latents.variables(), latents.categories}).sum(1);
}

Sweep sweep_range(const Tensor& start, const AggregatePosterior& posterior, int64_t dimension,
                  const TraversalOptions& options) {
  const double mean = posterior.mean[dimension].item<double>();
  const double reach = options.reach * posterior.deviation[dimension].item<double>();
  return sweep_dimension(start, dimension, mean - reach, mean + reach, options.steps);
}

Sweep sweep_categories(const Tensor& start, const LatentSpace& latents, int64_t variable) {
  Sweep sweep = {.variable = variable, .from = 0, .to = static_cast<double>(latents.categories - 1), .z = {}};
  sweep.z = start.repeat({latents.categories, 1});
  sweep.z.narrow(1, variable * latents.categories, latents.categories)
      .copy_(torch::eye(latents.categories, start.options()));
  return sweep;
}

}  // namespace

Sweep sweep_dimension(const Tensor& start, int64_t dimension, double from, double to, int64_t steps) {
  Sweep sweep = {.variable = dimension, .from = from, .to = to, .z = start.repeat({steps, 1})};
  sweep.z.select(1, dimension).copy_(torch::linspace(from, to, steps, torch::kDouble));
  return sweep;
}

Tensor most_likely(const Tensor& mean, const LatentSpace& latents) {
  if (latents.is_real()) return mean;
  const Tensor shares = mean.view({latents.variables(), latents.categories});
  return torch::one_hot(shares.argmax(1), latents.categories).flatten().to(mean.scalar_type());
}

std::vector<Sweep> traverse(const Tensor& start, const AggregatePosterior& posterior,
                            const LatentSpace& latents, const TraversalOptions& options) {
  const Tensor activity = sum_of_categories(posterior.variance_of_means, latents);
  const Tensor order = activity.argsort(/*stable=*/true, 0, /*descending=*/true);
  std::vector<Sweep> sweeps;
  for (int64_t i = 0; i < std::min(options.variables, latents.variables()); ++i) {
    const auto variable = order[i].item<int64_t>();
    sweeps.push_back(latents.is_real() ? sweep_range(start, posterior, variable, options)
                                       : sweep_categories(start, latents, variable));
    sweeps.back().activity = activity[variable].item<double>();
  }
  return sweeps;
}

}  // namespace vae
