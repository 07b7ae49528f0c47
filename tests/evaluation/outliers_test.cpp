#include "evaluation/outliers.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/noise.h"
#include "objectives/amortized.h"
#include "objectives/validation.h"
#include "support/conditional_models.h"
#include "support/tensors.h"
#include "support/throws.h"

namespace vae {
namespace {

constexpr uint64_t kSeed = 3;

Tensor flags(const std::vector<int64_t>& ones) { return torch::tensor(ones, torch::kLong).to(torch::kBool); }

TEST(PictureScores, AverageToTheBoundsOfTheirDataSet) {
  const Pictures pictures = test::halved_pictures({0, 1, 1, 0, 1, 1, 1});
  const auto model = test::linear_conditional_model(pictures.dataset().shape(), 2);
  for (const int64_t samples : {1, 4}) {
    for (const int64_t batch_size : {3, 100}) {
      const EvaluationBatches batches(pictures, batch_size, kSeed);
      const PictureScores scores = score_pictures(*model, Amortized(), batches, samples, kSeed);
      const Validation expected = validate(*model, Amortized(), batches, samples, kSeed);
      EXPECT_EQ(scores.bound.size(0), 7);
      EXPECT_NEAR(scores.bound.mean().item<double>(), expected.bound(), 1e-12);
      EXPECT_NEAR(scores.reconstruction.mean().item<double>(), expected.reconstruction, 1e-12);
      EXPECT_NEAR(scores.kl.mean().item<double>(), expected.kl, 1e-12);
    }
  }
}

TEST(PictureScores, TellHowFarTheyAre) {
  const Pictures pictures = test::halved_pictures({0, 1, 1, 0, 1, 1, 1});
  const auto model = test::linear_conditional_model(pictures.dataset().shape(), 2);
  std::vector<std::pair<int64_t, int64_t>> told;
  score_pictures(*model, Amortized(), EvaluationBatches(pictures, 3, kSeed), 1, kSeed,
                 [&](int64_t done, int64_t total) { told.emplace_back(done, total); });
  EXPECT_EQ(told, (std::vector<std::pair<int64_t, int64_t>>{{1, 3}, {2, 3}, {3, 3}}));
}

TEST(Threshold, LetsNoMoreThanTheRateLieBelow) {
  Random random(1, "scores");
  const Tensor scores = normal(random, {101}, test::kFloat64);
  for (const double rate : {0.0, 0.01, 0.05, 0.5, 0.99}) {
    const double threshold = threshold_at_rate(scores, rate);
    const auto below = (scores < threshold).sum().item<int64_t>();
    EXPECT_LE(static_cast<double>(below), rate * 101);
    EXPECT_GT(static_cast<double>(below + 1), rate * 101);  // and none that is larger does
    EXPECT_EQ((scores == threshold).sum().item<int64_t>(), 1);
  }
}

TEST(Threshold, IsNotUndercutByEqualScores) {
  EXPECT_EQ(threshold_at_rate(test::values({1, 1, 1, 2}), 0.5), 1);
}

// By hand: 1 is below 3, 2 and 5; 2 is below 3 and 5, and as high as 2.
TEST(AreaUnderCurve, IsTheShareOfPairsInWhichTheOutlierIsLower) {
  const Tensor scores = test::values({3, 1, 2, 2, 5});
  EXPECT_DOUBLE_EQ(area_under_curve(scores, flags({0, 1, 1, 0, 0})), (3 + 2.5) / 6);
}

TEST(AreaUnderCurve, IsOneWhereOutliersAreLowestAndZeroWhereHighest) {
  const Tensor scores = test::values({1, 2, 3, 4});
  EXPECT_EQ(area_under_curve(scores, flags({1, 1, 0, 0})), 1);
  EXPECT_EQ(area_under_curve(scores, flags({0, 0, 1, 1})), 0);
  EXPECT_EQ(area_under_curve(0 * scores, flags({0, 1, 1, 0})), 0.5);
}

TEST(AreaUnderCurve, TakesBothKinds) {
  EXPECT_TRUE(test::throws<UsageError>(
      [] {
        area_under_curve(test::values({1, 2}), flags({0, 0}));
      },
      {"0 outliers"}));
  EXPECT_TRUE(test::throws<UsageError>(
      [] {
        area_under_curve(test::values({1, 2}), flags({1, 1}));
      },
      {"2 outliers"}));
}

}  // namespace
}  // namespace vae
