#include "evaluation/diversity.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/conditional_models.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr uint64_t kSeed = 3;

TEST(MeanPairwiseDistance, IsTheRootMeanSquareOverPixelsAveragedOverPairs) {
  // Three pictures of two pixels: distances sqrt(1/2), sqrt((1 + 1)/2) and sqrt(1/2).
  const Tensor pictures = test::values({0, 0, 1, 0, 1, 1}).view({3, 1, 1, 2});
  EXPECT_NEAR(mean_pairwise_distance(pictures).value(), (2 * std::sqrt(0.5) + 1) / 3, 1e-12);
}

TEST(MeanPairwiseDistance, IsNotKnownOfFewerThanTwo) {
  EXPECT_EQ(mean_pairwise_distance(torch::zeros({0, 1, 2, 2})), std::nullopt);
  EXPECT_EQ(mean_pairwise_distance(torch::zeros({1, 1, 2, 2})), std::nullopt);
}

TEST(Diversity, OfAModelThatIgnoresZIsItsNoiseAlone) {
  const Pictures pictures = test::halved_pictures({0, 0, 0, 0, 1});
  const auto data = pictures_by_class(EvaluationBatches(pictures, 2, kSeed), 2, 100);
  const auto diversity = within_class_diversity(*test::model_of_halves(0), data, 50, 7, kSeed);
  ASSERT_EQ(diversity.size(), 2);
  EXPECT_EQ(diversity[0].means, 0);
  // 12 fair coins each: the mean square is 1/2, the mean of its root a little less (by Jensen; delta method:
  // sqrt(1/2) (1 - 1/(8 * 12)) = 0.700). 1225 pairs, of which 50 are independent, spread by 0.1.
  EXPECT_NEAR(diversity[0].draws, 0.700, 0.05);
  EXPECT_EQ(diversity[1].data, std::nullopt);
}

TEST(Diversity, IsAFunctionOfTheSeedWhateverTheSizeOfTheBatches) {
  const auto model = test::linear_conditional_model(test::HalvedPictures({}).shape(), 2);
  const Pictures pictures = test::halved_pictures({0, 1, 0, 1});
  const auto data = pictures_by_class(EvaluationBatches(pictures, 2, kSeed), 2, 100);
  const auto one = within_class_diversity(*model, data, 9, 9, kSeed);
  const auto other = within_class_diversity(*model, data, 9, 9, kSeed + 1);
  EXPECT_GT(one[0].means, 0);
  EXPECT_NE(one[0].means, other[0].means);
  EXPECT_NE(one[0].means, one[1].means);
  EXPECT_NEAR(within_class_diversity(*model, data, 9, 2, kSeed)[1].means, one[1].means, 1e-12);
}

TEST(ClassPictures, AreTheMeanAndTheFirstOfEachClass) {
  const std::vector<int64_t> labels = {0, 1, 0, 0, 0};
  const Pictures pictures = test::halved_pictures(labels);
  const Tensor x = EvaluationBatches(pictures, 100, kSeed).get(0).x;
  for (const int64_t batch_size : {1, 2, 100}) {
    const auto classes = pictures_by_class(EvaluationBatches(pictures, batch_size, kSeed), 3, 2);
    ASSERT_EQ(classes.size(), 3);
    EXPECT_EQ(classes[0].count, 4);
    EXPECT_LT(test::distance(classes[0].mean, (x[0] + x[2] + x[3] + x[4]) / 4), 1e-12);
    EXPECT_TRUE(torch::equal(classes[0].first, torch::stack({x[0], x[2]})));
    EXPECT_TRUE(torch::equal(classes[1].first, x.slice(0, 1, 2)));
    EXPECT_EQ(classes[2].count, 0);
    EXPECT_EQ(test::distance(classes[2].mean, torch::zeros_like(x[0])), 0);
  }
}

TEST(ClassSheet, HasARowForEachClassWithItsMeanInFront) {
  const Pictures pictures = test::halved_pictures({0, 1, 0, 1});
  const auto data = pictures_by_class(EvaluationBatches(pictures, 2, kSeed), 2, 2);
  const Image sheet = class_sheet(*test::model_of_halves(20), data, 3, kSeed);
  constexpr int64_t kGap = 2;
  EXPECT_EQ(sheet.width, 4 * (6 + kGap) + kGap);
  EXPECT_EQ(sheet.height, 2 * (2 + kGap) + kGap);
  const auto pixel = [&](int64_t row, int64_t column, int64_t y, int64_t x) {
    return int{sheet.pixels[static_cast<size_t>((row * (2 + kGap) + kGap + y) * sheet.width +
                                                column * (6 + kGap) + kGap + x)]};
  };
  for (int64_t column = 0; column < 4; ++column) {
    EXPECT_EQ(pixel(0, column, 1, 0), 255);  // the left half of "left"
    EXPECT_EQ(pixel(0, column, 1, 5), 0);
    EXPECT_EQ(pixel(1, column, 1, 5), 255);
  }
  EXPECT_EQ(pixel(1, 0, 0, 0), 255);  // the strip, which both pictures of "right" have and the model has not
  EXPECT_EQ(pixel(1, 1, 0, 0), 0);
}

}  // namespace
}  // namespace vae
