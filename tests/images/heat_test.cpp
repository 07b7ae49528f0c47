#include "images/heat.h"

#include <gtest/gtest.h>

#include <numeric>

namespace vae {
namespace {

TEST(HeatColour, GoesFromBlackToWhite) {
  EXPECT_EQ(heat_colour(-1), (Colour{0, 0, 0}));
  EXPECT_EQ(heat_colour(0), (Colour{0, 0, 0}));
  EXPECT_EQ(heat_colour(1.0 / 3), (Colour{255, 0, 0}));
  EXPECT_EQ(heat_colour(2.0 / 3), (Colour{255, 255, 0}));
  EXPECT_EQ(heat_colour(1), (Colour{255, 255, 255}));
  EXPECT_EQ(heat_colour(2), (Colour{255, 255, 255}));
}

TEST(HeatColour, GrowsBrighter) {
  int before = -1;
  for (int i = 0; i <= 700; ++i) {
    const Colour colour = heat_colour(i / 700.0);
    const int sum = std::accumulate(colour.begin(), colour.end(), 0);
    EXPECT_GT(sum, before);
    before = sum;
  }
}

}  // namespace
}  // namespace vae
