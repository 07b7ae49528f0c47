#include "images/enlarge.h"

#include <gtest/gtest.h>

#include "support/pictures.h"

namespace vae {
namespace {

TEST(Enlarge, MakesASquareOfEachPixel) {
  const Image image{2, 1, 3, {1, 2, 3, 4, 5, 6}};
  EXPECT_EQ(enlarge(image, 2),
            (Image{4, 2, 3, {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6}}));
}

TEST(Enlarge, ByOneChangesNothing) {
  const Image image = test::noise(7, 3, 1);
  EXPECT_EQ(enlarge(image, 1), image);
}

}  // namespace
}  // namespace vae
