#include "distributions/iaf.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <vector>

#include "core/noise.h"
#include "support/flows.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr int64_t kLatent = 5;

std::shared_ptr<PosteriorFamily> scattered(const IafConfig& config, int64_t latent = kLatent,
                                           uint64_t seed = 1) {
  auto family = make_posterior(config, latent);
  family->to(torch::kDouble);
  test::scatter_weights(*family, 0.4, seed);
  return family;
}

Tensor random_parameters(const PosteriorFamily& family, int64_t pictures = 3) {
  Random random(1, "parameters");
  return normal(random, {pictures, family.parameters_per_picture()}, test::kFloat64);
}

const Iaf& as_iaf(const std::unique_ptr<Posterior>& posterior) {
  return dynamic_cast<const Iaf&>(*posterior);
}

const std::vector<IafConfig> kConfigs = {{.flows = 1, .hidden = {}, .context = 1},
                                         {.flows = 1, .hidden = {8}, .context = 2},
                                         {.flows = 2, .hidden = {3}, .context = 3},
                                         {.flows = 4, .hidden = {10, 7}, .context = 2}};

TEST(Iaf, DensityIsThatOfTheMap) {
  for (const IafConfig& config : kConfigs) {
    const auto family = scattered(config);
    test::expect_density_of_the_map(*family, random_parameters(*family));
  }
}

TEST(Iaf, InversionGivesBackWhatWasTransported) {
  for (const IafConfig& config : kConfigs) {
    for (const uint64_t seed : {1U, 2U, 3U}) {
      const auto family = scattered(config, kLatent, seed);
      const auto posterior = family->at(random_parameters(*family));
      Random random(seed, "z");
      const Tensor start = normal(random, {2, 4, 3, kLatent}, test::kFloat64);
      const Transported end = as_iaf(posterior).transport(start);
      const Transported back = as_iaf(posterior).invert(end.z);
      EXPECT_LT(test::distance(back.z, start), 1e-10);
      EXPECT_LT(test::distance(back.log_determinant, end.log_determinant), 1e-10);
    }
  }
}

TEST(Iaf, ScoringADrawGivesItsDensity) {
  const auto family = scattered(kConfigs.back());
  const auto posterior = family->at(random_parameters(*family));
  Random random(1, "eps");
  const ScoredLatents draws = posterior->rsample_scored(2, 4, random);
  EXPECT_LT(test::distance(posterior->log_prob(draws.z), draws.log_prob), 1e-10);
}

// On the trapezoidal rule see the likelihoods' test; beyond the square lies less than 1e-9 of the density.
TEST(Iaf, IsNormalisedInTwoDimensions) {
  const auto family = scattered({.flows = 2, .hidden = {6}, .context = 2}, 2);
  const auto posterior = family->at(0.5 * random_parameters(*family, 1));
  constexpr double kStep = 0.05;
  const Tensor axis = torch::linspace(-15, 15, 601, test::kFloat64);
  const Tensor z = torch::cartesian_prod({axis, axis}).unsqueeze(1);
  const at::NoGradGuard guard;
  EXPECT_NEAR(posterior->log_prob(z).exp().sum().item<double>() * kStep * kStep, 1, 1e-6);
}

Tensor jacobian(const IafConfig& config) {
  const auto family = scattered(config);
  const auto posterior = family->at(random_parameters(*family, 1));
  const auto map = [&](const Tensor& z) { return as_iaf(posterior).transport(z).z; };
  return test::numerical_jacobian(map, torch::full({1, kLatent}, 0.3, test::kFloat64))[0];
}

TEST(Iaf, OneStepIsTriangularAndTheNextTurnsTheOrderRound) {
  const Tensor one = jacobian({.flows = 1, .hidden = {10}, .context = 2});
  EXPECT_EQ(one.triu(1).abs().max().item<double>(), 0);
  EXPECT_GT(one.diagonal().min().item<double>(), 0);
  const Tensor two = jacobian({.flows = 2, .hidden = {10}, .context = 2});
  EXPECT_GT(two.abs().min().item<double>(), 1e-6) << "each dimension depends on every other";
}

TEST(Iaf, StartsNearTheIdentity) {
  const auto family = make_posterior(IafConfig{.flows = 1, .hidden = {64}, .context = 4}, 8);
  family->to(torch::kDouble);
  const auto posterior = family->at(random_parameters(*family, 1));
  Random random(1, "z");
  const Tensor z = normal(random, {1000, 1, 8}, test::kFloat64);
  const Transported end = as_iaf(posterior).transport(z);
  // With gates of sigmoid(2) = 0.88 the rest, 0.12, is the network's: its square is 0.014 of z's, twice
  // that with an m as large as z.
  EXPECT_LT(((end.z - z).square().mean() / z.square().mean()).item<double>(), 0.1);
  EXPECT_NEAR(end.log_determinant.mean().item<double>() / 8, std::log(1 / (1 + std::exp(-2))), 0.1);
}

TEST(Iaf, WeightsAreAFunctionOfTheStream) {
  const auto weights = [](uint64_t seed) {
    const auto family = make_posterior(IafConfig{.flows = 2, .hidden = {8}, .context = 2}, kLatent);
    family->initialize(Random(seed, "posterior"));
    std::vector<Tensor> all;
    for (const Tensor& parameter : family->parameters()) all.push_back(parameter.detach().flatten());
    return torch::cat(all);
  };
  EXPECT_TRUE(torch::equal(weights(1), weights(1)));
  EXPECT_FALSE(torch::equal(weights(1), weights(2)));
}

TEST(Iaf, TheEncoderGivesMeanLogVarianceAndContext) {
  const auto family = scattered({.flows = 1, .hidden = {8}, .context = 2});
  ASSERT_EQ(family->parameters_per_picture(), 2 * kLatent + 2);
  const Tensor parameters = random_parameters(*family);
  const auto posterior = family->at(parameters);
  EXPECT_TRUE(
      torch::equal(posterior->mean(), as_iaf(posterior).transport(parameters.narrow(1, 0, kLatent)).z));
  Tensor other = parameters.clone();
  other.narrow(1, 2 * kLatent, 2).add_(1);
  EXPECT_GT((family->at(other)->mean() - posterior->mean()).abs().min().item<double>(), 1e-4);
}

TEST(Iaf, ReachesAHigherBoundThanAnyDiagonalGaussianOnABanana) {
  const double gaussian = test::best_gaussian_of_the_banana();
  const auto diagonal = make_posterior(DiagonalGaussianConfig{}, 2);
  EXPECT_NEAR(test::fit_to_the_banana(*diagonal).mean, gaussian, 0.02);  // what the fit's noise leaves

  const auto family = make_posterior(IafConfig{.flows = 2, .hidden = {16}, .context = 1}, 2);
  family->to(torch::kDouble);
  const test::Estimate bound = test::fit_to_the_banana(*family);
  EXPECT_GT(bound.mean, gaussian + 0.3);  // of 0.56 nats that the Gaussian leaves
  EXPECT_LT(bound.mean, test::kStandardErrors * bound.standard_error);
}

}  // namespace
}  // namespace vae
