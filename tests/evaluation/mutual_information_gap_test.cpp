#include "evaluation/mutual_information_gap.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/noise.h"
#include "data/shapes.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr int64_t kCount = 20000;

Tensor noise(int64_t columns) {
  Random random(1, "noise");
  return uniform(random, {kCount, columns}, test::kFloat64);
}

// A plug-in estimate of I between independent numbers in 20 bins each is off by (20 - 1)^2 / (2 N) nats
// (Miller 1955): 0.009 here, 0.003 of the entropy log 20.
constexpr double kBias = 0.003;

TEST(MutualInformationGap, IsOneWhereEachFactorHasALatentOfItsOwn) {
  const Tensor factors = noise(2);
  const Tensor means = torch::cat({factors.flip({1}), 0 * factors}, 1);
  const MutualInformationGap gap = mutual_information_gap(means, {{"a", "b"}, factors});
  ASSERT_EQ(gap.factors.size(), 2);
  EXPECT_EQ(gap.factors[0].name, "a");
  EXPECT_EQ(gap.factors[0].dimension, 1);
  EXPECT_EQ(gap.factors[1].dimension, 0);
  for (const FactorGap& factor : gap.factors) {
    EXPECT_NEAR(factor.entropy, std::log(20), 1e-3);  // uniform over 20 bins
    EXPECT_NEAR(factor.information, 1, 1e-12);
    EXPECT_NEAR(factor.gap, 1, 2 * kBias);  // the other latent knows the rest
  }
  EXPECT_DOUBLE_EQ(gap.mean, (gap.factors[0].gap + gap.factors[1].gap) / 2);
}

TEST(MutualInformationGap, IsZeroWhereTwoLatentsSayTheSame) {
  const Tensor factor = noise(1);
  const MutualInformationGap gap =
      mutual_information_gap(torch::cat({factor, 1 - factor}, 1), {{"a"}, factor});
  EXPECT_NEAR(gap.factors[0].information, 1, 1e-3);  // bins that are mirrored differ at their edges
  EXPECT_NEAR(gap.mean, 0, 1e-3);
}

TEST(MutualInformationGap, IsZeroWhereLatentsSayNothing) {
  const Tensor all = noise(3);
  const MutualInformationGap gap = mutual_information_gap(all.slice(1, 0, 2), {{"a"}, all.slice(1, 2)});
  EXPECT_NEAR(gap.factors[0].information, kBias, kBias);
  EXPECT_NEAR(gap.mean, 0, kBias);
}

// Half of what there is to know of a factor of four values: whether it is 2 or more.
TEST(MutualInformationGap, CountsTheInformationOfFewValuesExactly) {
  const Tensor factor = torch::arange(400, test::kFloat64).remainder(4).unsqueeze(1);
  const MutualInformationGap gap = mutual_information_gap(factor.ge(2).to(torch::kDouble), {{"a"}, factor});
  EXPECT_NEAR(gap.factors[0].entropy, std::log(4), 1e-12);
  EXPECT_NEAR(gap.factors[0].information, 0.5, 1e-12);
  EXPECT_NEAR(gap.mean, 0.5, 1e-12);  // with a single latent there is no second best
}

TEST(MutualInformationGap, LeavesOutAFactorThatDoesNotVary) {
  const Tensor factor = noise(1);
  const MutualInformationGap gap =
      mutual_information_gap(factor, {{"still", "moving"}, torch::cat({0 * factor + 7, factor}, 1)});
  ASSERT_EQ(gap.factors.size(), 1);
  EXPECT_EQ(gap.factors[0].name, "moving");
  const MutualInformationGap none = mutual_information_gap(factor, {{"still"}, 0 * factor});
  EXPECT_TRUE(none.factors.empty());
  EXPECT_EQ(none.mean, 0);
}

TEST(Factors, AreThoseThatTheDataSetTells) {
  const ShapesDataset shapes({.count = 5, .channels = 3});
  const Factors factors = factors_of(shapes);
  EXPECT_EQ(factors.names, (std::vector<std::string>{"shape", "scale", "rotation", "x", "y", "hue"}));
  ASSERT_EQ(factors.values.sizes(), (std::vector<int64_t>{5, 6}));
  EXPECT_EQ(factors.values[3][1].item<double>(), shapes.factors(3).scale);
  EXPECT_EQ(factors.values[4][5].item<double>(), shapes.factors(4).hue);
}

}  // namespace
}  // namespace vae
