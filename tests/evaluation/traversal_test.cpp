#include "evaluation/traversal.h"

#include <gtest/gtest.h>

#include "support/tensors.h"

namespace vae {
namespace {

const AggregatePosterior kPosterior = {.mean = test::values({1, 2, 3}),
                                       .deviation = test::values({0.5, 1, 2}),
                                       .variance_of_means = test::values({0.2, 0.9, 0.4})};
constexpr LatentSpace kReal = {.dimensions = 3};

TEST(Traversal, TakesTheMostActiveLatentsFirst) {
  const auto sweeps = traverse(test::values({7, 8, 9}), kPosterior, kReal, {.variables = 2});
  ASSERT_EQ(sweeps.size(), 2);
  EXPECT_EQ(sweeps[0].variable, 1);
  EXPECT_EQ(sweeps[0].activity, 0.9);
  EXPECT_EQ(sweeps[1].variable, 2);
  EXPECT_EQ(traverse(test::values({7, 8, 9}), kPosterior, kReal, {.variables = 50}).size(), 3);
}

TEST(Traversal, GoesThroughTheRangeOfTheAggregatePosterior) {
  const auto sweeps = traverse(test::values({7, 8, 9}), kPosterior, kReal, {.steps = 5, .reach = 2});
  EXPECT_EQ(sweeps[1].from, 3 - 4);
  EXPECT_EQ(sweeps[1].to, 3 + 4);
  EXPECT_LT(test::distance(sweeps[1].z.select(1, 2), test::values({-1, 1, 3, 5, 7})), 1e-15);
}

TEST(Traversal, LeavesTheOtherLatentsAsTheyAre) {
  for (const Sweep& sweep : traverse(test::values({7, 8, 9}), kPosterior, kReal, {.steps = 4})) {
    for (int64_t j = 0; j < 3; ++j) {
      if (j == sweep.variable) continue;
      EXPECT_EQ(test::distance(sweep.z.select(1, j),
                               torch::full({4}, 7.0 + static_cast<double>(j), test::kFloat64)),
                0);
    }
  }
}

constexpr LatentSpace kCategories = {.dimensions = 6, .categories = 3};
const AggregatePosterior kOfCategories = {.mean = torch::full({6}, 1.0 / 3, test::kFloat64),
                                          .deviation = torch::ones({6}, test::kFloat64),
                                          .variance_of_means = test::values({0.1, 0.1, 0.1, 0.3, 0, 0.1})};

TEST(Traversal, ShowsEachCategory) {
  const Tensor start = test::values({0, 1, 0, 0, 0, 1});
  const auto sweeps = traverse(start, kOfCategories, kCategories, {.steps = 11});
  ASSERT_EQ(sweeps.size(), 2);
  EXPECT_EQ(sweeps[0].variable, 1);
  EXPECT_DOUBLE_EQ(sweeps[0].activity, 0.4);
  EXPECT_TRUE(torch::equal(sweeps[0].z.slice(1, 3), torch::eye(3, test::kFloat64)));
  EXPECT_TRUE(torch::equal(sweeps[0].z.slice(1, 0, 3), test::values({0, 1, 0}).repeat({3, 1})));
  EXPECT_EQ(sweeps[0].to, 2);
}

TEST(MostLikely, IsTheMeanOfRealLatentsAndOneHotOfCategories) {
  const Tensor mean = test::values({0.2, 0.5, 0.3, 0.6, 0.1, 0.3});
  EXPECT_TRUE(torch::equal(most_likely(mean, {.dimensions = 6}), mean));
  EXPECT_TRUE(torch::equal(most_likely(mean, kCategories), test::values({0, 1, 0, 1, 0, 0})));
}

}  // namespace
}  // namespace vae
