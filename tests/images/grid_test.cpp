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

}  // namespace
}  // namespace vae
