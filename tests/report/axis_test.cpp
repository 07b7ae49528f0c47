#include "report/axis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace vae {
namespace {

using ::testing::ElementsAre;

TEST(Ticks, AreRoundNumbersInsideTheRange) {
  EXPECT_THAT(ticks({0, 10}, 5), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(ticks({-131, -104}, 5), ElementsAre(-130, -125, -120, -115, -110, -105));
  EXPECT_THAT(ticks({0.9, 5.2}, 4), ElementsAre(1, 2, 3, 4, 5));
}

TEST(TickLabel, HasTheDigitsThatTellItFromItsNeighbours) {
  EXPECT_EQ(tick_label(-120, 5), "\u2212120");
  EXPECT_EQ(tick_label(0.5, 0.1), "0.5");
  EXPECT_EQ(tick_label(2, 0.05), "2.00");
  EXPECT_EQ(tick_label(-1e-17, 0.1), "0.0");
}

TEST(Range, HoldsAllFiniteValues) {
  const Range range = range_of(std::vector<double>{3, -1, std::numeric_limits<double>::quiet_NaN(), 7,
                                                   -std::numeric_limits<double>::infinity()});
  EXPECT_LT(range.low, -1);
  EXPECT_GT(range.high, 7);
  EXPECT_LT(range.size(), 9);
}

TEST(Range, IsNotEmptyWhateverTheValues) {
  EXPECT_GT(range_of({}).size(), 0);
  EXPECT_GT(range_of(std::vector<double>{5}).size(), 0);
  EXPECT_GT(range_of(std::vector<double>{0, 0}).size(), 0);
  EXPECT_GT(range_of_bulk(std::vector<double>(20, -100)).size(), 0);
}

TEST(RangeOfBulk, LeavesOutWhatLiesFarFromTheRest) {
  std::vector<double> values = {-9000, -400};
  for (int i = 0; i < 30; ++i) values.push_back(-120 + i);
  const Range range = range_of_bulk(values);
  EXPECT_GT(range.low, -180);
  EXPECT_FALSE(range.contains(-400));
  EXPECT_TRUE(range.contains(-120));
  EXPECT_TRUE(range.contains(-91));
}

TEST(RangeOfBulk, IsTheWholeOfWhatHasNoOutliers) {
  std::vector<double> values;
  for (int i = 0; i <= 40; ++i) values.push_back(i);
  EXPECT_EQ(range_of_bulk(values).low, range_of(values).low);
  EXPECT_EQ(range_of_bulk(values).high, range_of(values).high);
}

}  // namespace
}  // namespace vae
