#include "core/median.h"

#include <gtest/gtest.h>

namespace vae {
namespace {

TEST(Median, IsTheValueInTheMiddleOrTheUpperOfTwo) {
  EXPECT_EQ(median(std::vector{7}), 7);
  EXPECT_EQ(median(std::vector{5.5, -1.0, 100.0}), 5.5);
  EXPECT_EQ(median(std::vector{4, 1, 3, 2}), 3);
}

}  // namespace
}  // namespace vae
