#include "model/config.h"

#include <gtest/gtest.h>

#include <string>

#include "support/errors.h"

namespace vae {
namespace {

std::string complaint(const PosteriorConfig& posterior, const PriorConfig& prior,
                      const std::optional<ConditionConfig>& condition = std::nullopt) {
  const ModelConfig config{.latent = 20, .posterior = posterior, .prior = prior, .condition = condition};
  return check(config).value_or("");
}

TEST(ModelConfig, PairsCategoriesWithTheirPriorAlone) {
  EXPECT_EQ(complaint(CategoricalPosteriorConfig{}, UniformCategoricalConfig{}), "");
  EXPECT_EQ(complaint(DiagonalGaussianConfig{}, VampConfig{}), "");
  for (const PriorConfig& prior : {PriorConfig(StandardNormalConfig{}), PriorConfig(GaussianMixtureConfig{}),
                                   PriorConfig(VampConfig{})}) {
    const std::string text = complaint(CategoricalPosteriorConfig{}, prior);
    EXPECT_TRUE(test::contains(text, "model.prior.type")) << prior.type();
    EXPECT_TRUE(test::contains(text, "model.posterior")) << prior.type();
    EXPECT_TRUE(test::contains(text, "\"uniform_categorical\"")) << prior.type();
  }
  const std::string text = complaint(FullGaussianConfig{}, UniformCategoricalConfig{});
  EXPECT_TRUE(test::contains(text, "model.prior.type"));
  EXPECT_TRUE(test::contains(text, "model.posterior"));
}

TEST(ModelConfig, WantsWholeVariables) {
  const std::string text = complaint(CategoricalPosteriorConfig{.categories = 6}, UniformCategoricalConfig{});
  EXPECT_TRUE(test::contains(text, "model.latent: 20"));
  EXPECT_TRUE(test::contains(text, "model.posterior.categories, which is 6"));
}

TEST(ModelConfig, RefusesAClassForAPriorThatKnowsNone) {
  const ConditionConfig with_prior{.prior = true}, without{};
  EXPECT_EQ(complaint(DiagonalGaussianConfig{}, VampConfig{}, with_prior), "");
  EXPECT_EQ(complaint(DiagonalGaussianConfig{}, StandardNormalConfig{}, without), "");
  EXPECT_TRUE(test::contains(complaint(DiagonalGaussianConfig{}, StandardNormalConfig{}, with_prior),
                             "model.condition.prior"));
  EXPECT_TRUE(test::contains(complaint(CategoricalPosteriorConfig{}, UniformCategoricalConfig{}, with_prior),
                             "model.condition.prior"));
}

}  // namespace
}  // namespace vae
