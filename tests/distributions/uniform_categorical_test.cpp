#include "distributions/uniform_categorical.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "distributions/priors.h"
#include "support/latents.h"
#include "support/tensors.h"
#include "support/throws.h"

namespace vae {
namespace {

constexpr LatentSpace kLatents{.dimensions = 15, .categories = 5};

TEST(UniformCategorical, GivesEveryStateTheSameProbability) {
  Random random(1, "z");
  const UniformCategorical prior(kLatents);
  const Tensor z = prior.sample(8, {}, random, test::kFloat64);
  const Tensor log_prob = prior.log_prob(z.view({2, 4, 15}), {});
  EXPECT_LT(test::distance(log_prob, torch::full({2, 4}, -3 * std::log(5.0), test::kFloat64)), 1e-14);
}

TEST(UniformCategorical, DrawsAreOneHot) {
  Random random(1, "z");
  const Tensor z = UniformCategorical(kLatents).sample(1000, {}, random, test::kFloat64).view({1000, 3, 5});
  EXPECT_TRUE(((z == 0) | (z == 1)).all().item<bool>());
  EXPECT_TRUE((z.sum(-1) == 1).all().item<bool>());
}

TEST(UniformCategorical, RefusesRealLatentsAndClasses) {
  const auto make = [](const PriorSetting& setting) {
    return [setting] { make_prior(PriorConfig(UniformCategoricalConfig{}), setting); };
  };
  EXPECT_TRUE(test::throws<UsageError>(make({.latents = {.dimensions = 4}, .picture = test::kPseudoInput}),
                                       {"model.prior.type", "model.posterior"}));
  EXPECT_TRUE(
      test::throws<UsageError>(make({.latents = kLatents, .picture = test::kPseudoInput, .classes = 2}),
                               {"model.prior.type", "model.condition.prior"}));
}

}  // namespace
}  // namespace vae
