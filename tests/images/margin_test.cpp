#include "images/margin.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "images/drawing.h"
#include "support/pictures.h"

namespace vae {
namespace {

using Names = std::vector<std::string>;

/// The columns of an RGB picture from `left` on.
Image columns_from(const Image& image, int64_t left) {
  Image part{image.width - left, image.height, 3, {}};
  for (int64_t y = 0; y < image.height; ++y) {
    const auto row = image.pixels.begin() + 3 * y * image.width;
    part.pixels.insert(part.pixels.end(), row + 3 * left, row + 3 * image.width);
  }
  return part;
}

TEST(RowNames, StandOnTheLeftOfAnUnchangedSheet) {
  const Image sheet = test::noise(30, 60, 3);
  const Image named = with_row_names(sheet, Names{"z1", "z12"});
  EXPECT_EQ(named.height, sheet.height);
  EXPECT_GT(named.width, sheet.width + text_width("z12"));
  EXPECT_EQ(columns_from(named, named.width - sheet.width), sheet);
}

TEST(RowNames, TurnGreyIntoColour) {
  const Image named = with_row_names(Image{1, 40, 1, std::vector<uint8_t>(40, 77)}, Names{"a"});
  EXPECT_EQ(columns_from(named, named.width - 1).pixels, std::vector<uint8_t>(120, 77));
}

TEST(RowNames, AreInTheirOwnRow) {
  const Image sheet = blank(10, 80, {255, 255, 255});
  const Image named = with_row_names(sheet, Names{"", "z"});
  const auto middle = named.pixels.begin() + 3 * 40 * named.width;
  EXPECT_EQ(std::ranges::min(std::span(named.pixels.begin(), middle)), 255);
  EXPECT_LT(std::ranges::min(std::span(middle, named.pixels.end())), 255);
}

TEST(RowNames, AreLeftOutWhereRowsAreTooLow) {
  const Image sheet = test::noise(5, 20, 3);
  EXPECT_EQ(with_row_names(sheet, Names{"a", "b"}), sheet);
}

}  // namespace
}  // namespace vae
