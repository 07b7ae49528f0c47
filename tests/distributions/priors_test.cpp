// What holds for every prior, and the standard normal's own numbers.
#include "distributions/priors.h"

#include <gtest/gtest.h>

#include <string>

#include "support/examples.h"
#include "support/statistics.h"
#include "support/tensors.h"

namespace vae {
namespace {

template <class Row>
std::vector<std::shared_ptr<Prior>> example_priors(int64_t latent) {
  std::vector<std::shared_ptr<Prior>> all;
  for (const Row& example : test::examples(Tag<Row>{})) {
    all.push_back(make_prior(PriorConfig(example), {.latents = {.dimensions = latent}}));
    all.back()->to(torch::kDouble);
  }
  return all;
}

Tensor sample(const Prior& prior, int64_t count, uint64_t seed = 1) {
  Random random(seed, "z");
  return prior.sample(count, {}, random, test::kFloat64);
}

template <class Row>
class EveryPrior : public testing::Test {};
TYPED_TEST_SUITE(EveryPrior, PriorConfig::As<testing::Types>, test::RowName);

TYPED_TEST(EveryPrior, HasTheShapesItPromises) {
  for (const auto& prior : example_priors<TypeParam>(3)) {
    const Tensor z = sample(*prior, 24);
    ASSERT_EQ(z.sizes(), (std::vector<int64_t>{24, 3}));
    EXPECT_EQ(z.scalar_type(), torch::kDouble);
    const Tensor log_prob = prior->log_prob(z.view({2, 3, 4, 3}));
    ASSERT_EQ(log_prob.sizes(), (std::vector<int64_t>{2, 3, 4}));
    EXPECT_LT(test::distance(log_prob.flatten(), prior->log_prob(z)), 1e-14);
  }
}

// The trapezoidal rule, see the likelihoods' test.
TYPED_TEST(EveryPrior, IsNormalised) {
  for (const auto& prior : example_priors<TypeParam>(1)) {
    const Tensor z = torch::linspace(-60, 60, 12'001, test::kFloat64).unsqueeze(-1);
    EXPECT_NEAR(prior->log_prob(z).exp().sum().template item<double>() * 0.01, 1, 1e-9);
  }
}

// The share of draws below a point is the integral of the density up to it.
TYPED_TEST(EveryPrior, SamplesFollowTheDensity) {
  for (const auto& prior : example_priors<TypeParam>(1)) {
    const Tensor nodes = torch::linspace(-60, 60, 120'001, test::kFloat64);
    const Tensor probability = prior->log_prob(nodes.unsqueeze(-1)).exp().cumsum(0) * 0.001;
    const Tensor position = ((sample(*prior, 50'000).flatten() + 60) / 0.001).floor().to(torch::kLong);
    EXPECT_LT(test::kolmogorov_statistic(probability.index_select(0, position)), test::kKolmogorovBound);
  }
}

TYPED_TEST(EveryPrior, SamplesAreAFunctionOfTheStream) {
  for (const auto& prior : example_priors<TypeParam>(3)) {
    const Tensor before = test::default_generator_state();
    EXPECT_TRUE(torch::equal(sample(*prior, 9), sample(*prior, 9)));
    EXPECT_FALSE(torch::equal(sample(*prior, 9), sample(*prior, 9, 2)));
    EXPECT_TRUE(torch::equal(test::default_generator_state(), before));
  }
}

TEST(StandardNormal, LogProbAgreesWithScipy) {
  // scipy.stats.norm.logpdf([0.5, -1, 3]).sum()
  EXPECT_NEAR(StandardNormal(3).log_prob(test::values({0.5, -1, 3}), {}).item<double>(), -7.881815599614018,
              1e-9);
}

TEST(StandardNormal, DimensionsAreIndependentWithUnitVariance) {
  const Tensor z = sample(StandardNormal(4), 50'000);
  const Tensor covariance = z.unsqueeze(1) * z.unsqueeze(2);
  EXPECT_LT(test::z_score(covariance, torch::eye(4, test::kFloat64)), test::kStandardErrors);
}

}  // namespace
}  // namespace vae
