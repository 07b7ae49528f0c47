#include "images/luma.h"

#include <gtest/gtest.h>

#include "support/pictures.h"

namespace vae {
namespace {

TEST(Luma, IsTheNearestByteToBt601) {
  const Image colors = test::noise(100, 100, 3);
  for (size_t i = 0; i < colors.pixels.size(); i += 3) {
    const uint8_t* rgb = &colors.pixels[i];
    // Half a level of rounding, and weights rounded to 2^-16 times 3 * 255.
    EXPECT_NEAR(luma(rgb[0], rgb[1], rgb[2]), 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2], 0.51);
  }
}

TEST(Luma, KeepsGreys) {
  for (int value = 0; value < 256; ++value) {
    const auto grey = static_cast<uint8_t>(value);
    EXPECT_EQ(luma(grey, grey, grey), grey);
  }
}

TEST(ToGrey, TakesThePixelsInTheirOrder) {
  const Image color{2, 1, 3, {255, 0, 0, 0, 0, 255}};
  EXPECT_EQ(to_grey(color), (Image{2, 1, 1, {76, 29}}));
}

TEST(ToGrey, LeavesGreyAlone) {
  const Image grey = test::noise(5, 3, 1);
  EXPECT_EQ(to_grey(grey), grey);
}

}  // namespace
}  // namespace vae
