#include "distributions/planar.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "core/error.h"
#include "core/noise.h"
#include "support/flows.h"
#include "support/tensors.h"
#include "support/throws.h"

namespace vae {
namespace {

constexpr int64_t kLatent = 4;

Tensor random_parameters(const PosteriorFamily& family, int64_t pictures = 3, uint64_t seed = 1) {
  Random random(seed, "parameters");
  return normal(random, {pictures, family.parameters_per_picture()}, test::kFloat64);
}

const Flow& as_flow(const std::unique_ptr<Posterior>& posterior) {
  return dynamic_cast<const Flow&>(*posterior);
}

TEST(Planar, DensityIsThatOfTheMap) {
  for (const int64_t flows : {1, 2, 5}) {
    const auto family = make_posterior(PlanarConfig{.flows = flows}, kLatent);
    test::expect_density_of_the_map(*family, random_parameters(*family));
  }
}

// The density times the image of each cell of a grid, which must not turn over: midpoints, so that the error
// is of second order in the step.
TEST(Planar, IsNormalisedInOneDimension) {
  for (const uint64_t seed : {1U, 2U, 3U}) {
    const auto family = make_posterior(PlanarConfig{.flows = 4}, 1);
    const Tensor parameters = random_parameters(*family, 1, seed);
    const auto posterior = family->at(parameters);
    const auto map = test::map_from_noise(as_flow(posterior), parameters, 1);
    constexpr double kStep = 1e-3;
    const Tensor edges = torch::arange(-9, 9, kStep, test::kFloat64).view({-1, 1, 1});
    const Tensor centres = edges.slice(0, 0, -1) + kStep / 2;
    const Tensor lengths = map(edges).diff(1, 0).flatten();
    EXPECT_GT(lengths.min().item<double>(), 0);

    const Tensor mean = parameters.narrow(1, 0, 1), log_variance = parameters.narrow(1, 1, 1);
    const Tensor start = mean + torch::exp(0.5 * log_variance) * centres;
    const Tensor log_q = normal_log_prob(start, mean, log_variance).sum(-1) -
                         as_flow(posterior).transport(start).log_determinant;
    EXPECT_NEAR((log_q.flatten().exp() * lengths).sum().item<double>(), 1, 1e-5);
  }
}

TEST(Planar, IsNormalisedInTwoDimensions) {
  const auto family = make_posterior(PlanarConfig{.flows = 4}, 2);
  const Tensor parameters = random_parameters(*family, 1);
  const auto posterior = family->at(parameters);
  const auto map = test::map_from_noise(as_flow(posterior), parameters, 2);
  constexpr double kStep = 0.02;
  const Tensor axis = torch::arange(-7, 7, kStep, test::kFloat64);
  const int64_t n = axis.size(0);
  const Tensor corners = map(torch::cartesian_prod({axis, axis}).unsqueeze(1)).view({n, n, 2});
  const auto cut = [&](int64_t row, int64_t column) {
    return corners.narrow(0, row, n - 1).narrow(1, column, n - 1);
  };
  // Half the cross product of the diagonals is the area of a quadrangle.
  const Tensor p = cut(1, 1) - cut(0, 0), q = cut(0, 1) - cut(1, 0);
  const Tensor areas = 0.5 * (p.select(-1, 0) * q.select(-1, 1) - p.select(-1, 1) * q.select(-1, 0));
  EXPECT_GT(areas.min().item<double>(), 0);

  const Tensor centres = axis.narrow(0, 0, n - 1) + kStep / 2;
  const Tensor mean = parameters.narrow(1, 0, 2), log_variance = parameters.narrow(1, 2, 2);
  const Tensor start =
      mean + torch::exp(0.5 * log_variance) * torch::cartesian_prod({centres, centres}).unsqueeze(1);
  const Tensor log_q = normal_log_prob(start, mean, log_variance).sum(-1) -
                       as_flow(posterior).transport(start).log_determinant;
  EXPECT_NEAR((log_q.view({n - 1, n - 1}).exp() * areas).sum().item<double>(), 1, 1e-3);
}

// Pairs of every size and angle, among them parallel, opposite and vanishing.
std::pair<Tensor, Tensor> extreme_vectors(const torch::TensorOptions& options) {
  Random random(1, "vectors");
  std::vector<Tensor> all_u, all_w;
  for (const double length_u : {0.0, 1e-12, 1e-4, 1.0, 1e2, 1e4}) {
    for (const double length_w : {0.0, 1e-12, 1e-4, 1.0, 1e2, 1e4}) {
      const Tensor direction = normal(random, {20, kLatent}, options);
      const Tensor other = normal(random, {20, kLatent}, options);
      for (const Tensor& v : {other, direction, -direction}) {
        all_u.push_back(length_u * v);
        all_w.push_back(length_w * direction);
      }
    }
  }
  return {torch::cat(all_u), torch::cat(all_w)};
}

TEST(PlanarDirection, StaysInvertibleForExtremeParameters) {
  const auto [u, w] = extreme_vectors(test::kFloat64);
  const PlanarDirection direction = invertible_direction(u, w);
  EXPECT_GT(direction.along_w.min().item<double>(), -1);
  // What w . u_hat loses by rounding is relative to the products that it sums.
  const Tensor product = (w * direction.u).sum(-1);
  const Tensor rounding = 1e-14 * (1 + (w * direction.u).abs().sum(-1) + (w * u).abs().sum(-1));
  EXPECT_TRUE((product >= -1 - rounding).all().item<bool>());
  EXPECT_TRUE(((product - direction.along_w).abs() <= rounding).all().item<bool>());
  EXPECT_TRUE(
      (direction.u.norm(2, -1) <= 2 * u.norm(2, -1) + 1 / (w.norm(2, -1) + 1e-30)).all().item<bool>());
}

TEST(PlanarDirection, ChangesUAlongWAlone) {
  const auto [u, w] = extreme_vectors(test::kFloat64);
  const Tensor change = invertible_direction(u, w).u - u;
  const Tensor along = (change * w).sum(-1);
  EXPECT_TRUE((along.abs() >= (1 - 1e-6) * change.norm(2, -1) * w.norm(2, -1) - 1e-12).all().item<bool>());
}

TEST(PlanarDirection, GrowsWithUAlongW) {
  const Tensor w = test::values({0.5, -2}).unsqueeze(0);
  const Tensor u = torch::linspace(-5, 5, 1001, test::kFloat64).unsqueeze(1) * w;
  EXPECT_GT(invertible_direction(u, w).along_w.diff().min().item<double>(), 0);
}

TEST(Planar, IsTheIdentityWithoutU) {
  const auto family = make_posterior(PlanarConfig{.flows = 3}, kLatent);
  Tensor parameters = random_parameters(*family);
  parameters.narrow(1, 2 * kLatent, 3 * kLatent).zero_();
  const auto posterior = family->at(parameters);
  const Tensor z = torch::full({2, 3, kLatent}, 0.7, test::kFloat64);
  const Transported end = as_flow(posterior).transport(z);
  EXPECT_LT(test::distance(end.z, z), 1e-15);
  EXPECT_LT(end.log_determinant.abs().max().item<double>(), 1e-15);
}

TEST(Planar, DensityAndGradientAreFiniteForExtremeParametersInFloat32) {
  const auto [u, w] = extreme_vectors(torch::TensorOptions(torch::kFloat));
  for (const double b : {-1e4, -1.0, 0.0, 1e4}) {
    Tensor mean = torch::zeros({u.size(0), kLatent}), log_variance = torch::zeros_like(mean);
    Tensor all_u = u.unsqueeze(1).clone(), all_w = w.unsqueeze(1).clone();
    Tensor all_b = torch::full({u.size(0), 1}, b);
    const std::vector<Tensor> leaves = {mean, log_variance, all_u, all_w, all_b};
    for (const Tensor& leaf : leaves) leaf.set_requires_grad(true);
    const Planar posterior(DiagonalGaussian(mean, log_variance), all_u, all_w, all_b);
    Random random(1, "eps");
    const ScoredLatents draws = posterior.rsample_scored(1, 5, random);
    EXPECT_TRUE(test::is_finite(draws.z));
    EXPECT_TRUE(test::is_finite(draws.log_prob));
    draws.log_prob.sum().backward();
    for (const Tensor& leaf : leaves) EXPECT_TRUE(test::is_finite(leaf.grad())) << b;
  }
}

TEST(Planar, RefusesToScoreGivenLatents) {
  const auto family = make_posterior(PlanarConfig{}, kLatent);
  EXPECT_FALSE(family->scores_given_latents());
  const auto posterior = family->at(random_parameters(*family));
  EXPECT_TRUE(test::throws<UsageError>([&] { posterior->log_prob(posterior->mean()); },
                                       {"model.posterior", "planar", "iaf"}));
}

TEST(Planar, TheEncoderGivesMeanLogVarianceAndEveryStep) {
  constexpr int64_t kFlows = 2;
  const auto family = make_posterior(PlanarConfig{.flows = kFlows}, kLatent);
  ASSERT_EQ(family->parameters_per_picture(), 2 * kLatent + kFlows * (2 * kLatent + 1));
  const Tensor parameters = random_parameters(*family);
  Tensor z = parameters.narrow(1, 0, kLatent);
  for (int64_t step = 0; step < kFlows; ++step) {
    const Tensor u = parameters.narrow(1, (2 + step) * kLatent, kLatent);
    const Tensor w = parameters.narrow(1, (2 + kFlows + step) * kLatent, kLatent);
    const Tensor b = parameters.narrow(1, (2 + 2 * kFlows) * kLatent + step, 1);
    z = z + invertible_direction(u, w).u * torch::tanh((w * z).sum(-1, /*keepdim=*/true) + b);
  }
  EXPECT_LT(test::distance(family->at(parameters)->mean(), z), 1e-14);
}

TEST(Planar, ReachesAHigherBoundThanAnyDiagonalGaussianOnABanana) {
  const auto family = make_posterior(PlanarConfig{.flows = 6}, 2);
  const test::Estimate bound = test::fit_to_the_banana(*family);
  EXPECT_GT(bound.mean, test::best_gaussian_of_the_banana() + 0.3);
  EXPECT_LT(bound.mean, test::kStandardErrors * bound.standard_error);
}

}  // namespace
}  // namespace vae
