// What holds for every prior, and the standard normal's own numbers.
#include "distributions/priors.h"

#include <gtest/gtest.h>

#include <string>

#include "support/examples.h"
#include "support/latents.h"
#include "support/statistics.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr int64_t kLatent = 4;

struct ExamplePrior {
  LatentSpace latents;
  std::shared_ptr<Prior> prior;
};

/// Of each row's examples one for every family that it serves.
template <class Row>
std::vector<ExamplePrior> example_priors(const std::vector<std::shared_ptr<PosteriorFamily>>& families) {
  std::vector<ExamplePrior> all;
  for (const Row& example : test::examples(Tag<Row>{})) {
    for (const auto& family : families) {
      if (const auto prior = test::prior_for(example, family)) all.push_back({family->latent_space(), prior});
    }
  }
  EXPECT_FALSE(all.empty());
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
  for (const auto& [latents, prior] : example_priors<TypeParam>(test::every_family(kLatent))) {
    const Tensor z = sample(*prior, 24);
    ASSERT_EQ(z.sizes(), (std::vector<int64_t>{24, kLatent}));
    EXPECT_EQ(z.scalar_type(), torch::kDouble);
    const Tensor log_prob = prior->log_prob(z.view({2, 3, 4, kLatent}));
    ASSERT_EQ(log_prob.sizes(), (std::vector<int64_t>{2, 3, 4}));
    EXPECT_LT(test::distance(log_prob.flatten(), prior->log_prob(z)), 1e-14);
  }
}

TYPED_TEST(EveryPrior, IsNormalised) {
  for (const auto& [latents, prior] : example_priors<TypeParam>(test::every_smallest_family())) {
    const auto log_prob = [&p = prior](const Tensor& z) { return p->log_prob(z); };
    EXPECT_NEAR(test::total_probability(log_prob, latents), 1, 1e-9);
  }
}

TYPED_TEST(EveryPrior, SamplesFollowTheDensity) {
  for (const auto& [latents, prior] : example_priors<TypeParam>(test::every_smallest_family())) {
    const auto log_prob = [&p = prior](const Tensor& z) { return p->log_prob(z); };
    test::expect_draws_follow(sample(*prior, 50'000), log_prob, latents);
  }
}

TYPED_TEST(EveryPrior, SamplesAreAFunctionOfTheStream) {
  for (const auto& [latents, prior] : example_priors<TypeParam>(test::every_family(kLatent))) {
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
