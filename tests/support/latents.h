// Posteriors and priors that fit each other without a model around them, and sums over all that latents can
// be.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

#include "core/error.h"
#include "core/noise.h"
#include "distributions/posteriors.h"
#include "distributions/priors.h"
#include "support/examples.h"
#include "support/statistics.h"
#include "support/tensors.h"

namespace vae::test {

constexpr PictureShape kPseudoInput{.channels = 1, .height = 2, .width = 3};

/// A linear map of pictures, and of the number of the class where there is one, to posteriors.
inline Encode linear_encoder(const std::shared_ptr<PosteriorFamily>& family) {
  Random random(1, "linear encoder");
  const Tensor weight =
      0.5 * normal(random, {kPseudoInput.elements() + 1, family->parameters_per_picture()}, kFloat64);
  return [family, weight](const Tensor& x, const Tensor& labels) {
    const Tensor number =
        labels.defined() ? labels.to(x.scalar_type()).unsqueeze(1) : x.new_zeros({x.size(0), 1});
    return family->at(torch::cat({x.flatten(1) - 0.5, 0.5 * number}, 1).matmul(weight.to(x.scalar_type())));
  };
}

/// The prior in float64, with a linear encoder; null where it does not serve the family. `classes` of the
/// prior, and of the encoder.
inline std::shared_ptr<Prior> prior_for(const PriorConfig& config,
                                        const std::shared_ptr<PosteriorFamily>& family, int64_t classes = 0,
                                        int64_t encoder_classes = 0) {
  const PriorSetting setting{.latents = family->latent_space(),
                             .picture = kPseudoInput,
                             .classes = classes,
                             .encoder_classes = encoder_classes,
                             .scores_given_latents = family->scores_given_latents()};
  if (complaint_of([&] { require_fit(config, setting); })) return nullptr;
  auto prior = make_prior(config, setting);
  prior->use_encoder(linear_encoder(family));
  prior->to(torch::kDouble);
  return prior;
}

/// Of a posterior's example with the fewest latent dimensions that it can have.
inline std::shared_ptr<PosteriorFamily> smallest_family(const PosteriorConfig& config) {
  int64_t latent = 1;
  while (complaint_of([&] { make_posterior(config, latent); })) ++latent;
  auto family = make_posterior(config, latent);
  family->to(torch::kDouble);
  return family;
}

/// Calls visitor(config) for every example of every row of the table of posteriors.
template <class Visitor>
void for_each_posterior(Visitor&& visitor) {
  for_each_alternative<PosteriorConfig>([&]<class Row>(Tag<Row> row) {
    for (const Row& example : examples(row)) visitor(PosteriorConfig(example));
  });
}

/// Every example with `latent` dimensions that can have so many.
inline std::vector<std::shared_ptr<PosteriorFamily>> every_family(int64_t latent) {
  std::vector<std::shared_ptr<PosteriorFamily>> all;
  for_each_posterior([&](const PosteriorConfig& config) {
    if (complaint_of([&] { make_posterior(config, latent); })) return;
    all.push_back(make_posterior(config, latent));
    all.back()->to(torch::kDouble);
  });
  return all;
}

inline std::vector<std::shared_ptr<PosteriorFamily>> every_smallest_family() {
  std::vector<std::shared_ptr<PosteriorFamily>> all;
  for_each_posterior([&](const PosteriorConfig& config) { all.push_back(smallest_family(config)); });
  return all;
}

/// Every z of categories: [categories^variables, dimensions].
inline Tensor every_state(const LatentSpace& latents) {
  Tensor states = torch::zeros({1, 0}, kFloat64);
  const Tensor one = torch::eye(latents.categories, kFloat64);
  for (int64_t v = 0; v < latents.variables(); ++v) {
    const int64_t before = states.size(0);
    states = torch::cat({states.repeat_interleave(latents.categories, 0), one.repeat({before, 1})}, 1);
  }
  return states;
}

using LogProb = std::function<Tensor(const Tensor& z)>;  // [count, dimensions] to [count]

// Beyond these and between two nodes there is nothing to see of a density with deviations from 0.02 to 6.
constexpr double kReach = 60, kSpacing = 0.001;

inline Tensor nodes() {
  return torch::linspace(-kReach, kReach, static_cast<int64_t>(2 * kReach / kSpacing) + 1, kFloat64);
}

/// The sum over categories, or by the trapezoidal rule the integral over the one dimension that there is.
inline double total_probability(const LogProb& log_prob, const LatentSpace& latents) {
  if (!latents.is_real()) return log_prob(every_state(latents)).exp().sum().item<double>();
  return log_prob(nodes().unsqueeze(-1)).exp().sum().item<double>() * kSpacing;
}

/// Compares the share of each state, or of the draws below a point, with its probability.
inline void expect_draws_follow(const Tensor& z, const LogProb& log_prob, const LatentSpace& latents) {
  if (latents.is_real()) {
    const Tensor probability = log_prob(nodes().unsqueeze(-1)).exp().cumsum(0) * kSpacing;
    const Tensor position = ((z.flatten() + kReach) / kSpacing).round().to(torch::kLong);
    EXPECT_LT(kolmogorov_statistic(probability.index_select(0, position)), kKolmogorovBound);
  } else {
    const Tensor states = every_state(latents);
    const Tensor is_state = (z.unsqueeze(1) == states).all(-1);
    EXPECT_LT(z_score(is_state, log_prob(states).exp()), kStandardErrors);
  }
}

}  // namespace vae::test
