#include "images/grid.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "support/pictures.h"

namespace vae {
namespace {

using test::constant_picture;

TEST(Grid, PutsPicturesInRowsWithAGapBetweenAndAround) {
  const std::vector<Image> pictures = {constant_picture(2, 1, 1, 1), constant_picture(2, 1, 1, 2),
                                       constant_picture(2, 1, 1, 3)};
  const uint8_t o = 128;
  EXPECT_EQ(grid(pictures, 2, 1), (Image{7, 5, 1, {o, o, o, o, o, o, o,  //
                                                   o, 1, 1, o, 2, 2, o,  //
                                                   o, o, o, o, o, o, o,  //
                                                   o, 3, 3, o, o, o, o,  //
                                                   o, o, o, o, o, o, o}}));
}

TEST(Grid, WithoutGapIsOnlyPictures) {
  const std::vector<Image> pictures(4, constant_picture(2, 3, 3, 9));
  EXPECT_EQ(grid(pictures, 2, 0), constant_picture(4, 6, 3, 9));
}

TEST(Grid, KeepsThePixelsOfAPicture) {
  const std::vector<Image> pictures = {test::noise(5, 4, 3)};
  EXPECT_EQ(grid(pictures, 1, 0), pictures[0]);
}

TEST(Grid, IsNoWiderThanItsPictures) {
  const std::vector<Image> pictures(3, constant_picture(4, 4, 1, 9));
  EXPECT_EQ(grid(pictures, 8).width, 3 * 4 + 4 * 2);
}

TEST(Grid, RefusesPicturesOfDifferentShapes) {
  const std::vector<Image> pictures = {constant_picture(4, 4, 1, 9), constant_picture(4, 4, 3, 9)};
  EXPECT_THROW(grid(pictures, 2), UsageError);
}

TEST(Grid, RefusesNothing) { EXPECT_THROW(grid({}, 2), UsageError); }

TEST(Grid, RefusesNoColumns) {
  const std::vector<Image> pictures(3, constant_picture(4, 4, 1, 9));
  EXPECT_THROW(grid(pictures, 0), UsageError);
}

TEST(ComparisonGrid, PutsEachPictureBelowItsPartner) {
  const auto picture = [](uint8_t value) { return constant_picture(1, 1, 1, value); };
  const std::vector<Image> above = {picture(1), picture(2), picture(3)};
  const std::vector<Image> below = {picture(11), picture(12), picture(13)};
  const uint8_t o = 128;  // fills up the second row, so that 13 stays below 3
  EXPECT_EQ(comparison_grid(above, below, 2, 0), (Image{2,
                                                        4,
                                                        1,
                                                        {1, 2,    //
                                                         11, 12,  //
                                                         3, o,    //
                                                         13, o}}));
}

TEST(ComparisonGrid, IsNoWiderThanItsPictures) {
  const std::vector<Image> pictures(3, constant_picture(4, 4, 1, 9));
  EXPECT_EQ(comparison_grid(pictures, pictures, 8).width, 3 * 4 + 4 * 2);
}

TEST(ComparisonGrid, RefusesListsThatDoNotMatch) {
  const std::vector<Image> three(3, constant_picture(4, 4, 1, 9));
  const std::vector<Image> two(2, constant_picture(4, 4, 1, 9));
  EXPECT_THROW(comparison_grid(three, two, 2), UsageError);
  EXPECT_THROW(comparison_grid({}, {}, 2), UsageError);
  EXPECT_THROW(comparison_grid(two, two, 0), UsageError);
}

}  // namespace
}  // namespace vae
