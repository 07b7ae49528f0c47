#include "training/histogram.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <vector>

namespace vae {
namespace {

TEST(Histogram, CountsNumbersInBucketsOfOneWidth) {
  std::vector<float> numbers = {-1, -0.95F, 0, 2};
  const Histogram histogram = histogram_of(numbers);
  EXPECT_EQ(histogram.least, -1);
  EXPECT_EQ(histogram.largest, 2);
  EXPECT_EQ(histogram.count, 4);
  EXPECT_FLOAT_EQ(static_cast<float>(histogram.sum), 0.05F);
  EXPECT_FLOAT_EQ(static_cast<float>(histogram.sum_of_squares), 5 + 0.95F * 0.95F);
  ASSERT_EQ(histogram.limits.size(), 30);
  EXPECT_NEAR(histogram.limits.front(), -0.9, 1e-12);  // a width of 0.1, in float64
  EXPECT_EQ(histogram.limits.back(), 2);
  EXPECT_EQ(histogram.counts.front(), 2);
  EXPECT_EQ(histogram.counts.back(), 1);
  EXPECT_EQ(std::accumulate(histogram.counts.begin(), histogram.counts.end(), int64_t{0}), 4);
}

TEST(Histogram, OfEqualNumbersIsOneBucket) {
  const std::vector<float> numbers(5, 0.25F);
  const Histogram histogram = histogram_of(numbers);
  EXPECT_EQ(histogram.limits, std::vector{0.25});
  EXPECT_EQ(histogram.counts, std::vector<int64_t>{5});
}

TEST(Histogram, LeavesOutWhatIsNotFinite) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(histogram_of(std::vector{1.0F, kNan, kInfinity, -kInfinity, 2.0F}).count, 2);
  EXPECT_EQ(histogram_of(std::vector{kNan}).count, 0);
}

}  // namespace
}  // namespace vae
