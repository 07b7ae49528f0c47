#include "model/pyramid.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "support/throws.h"

namespace vae {
namespace {

TEST(Pyramid, HalvesAndRoundsDown) {
  const std::vector<int64_t> channels = {4, 6, 5};
  EXPECT_EQ(pyramid({3, 19, 50}, channels),
            (std::vector<PictureShape>{{3, 19, 50}, {4, 9, 25}, {6, 4, 12}, {5, 2, 6}}));
  EXPECT_EQ(pyramid({3, 1, 1}, {}), (std::vector<PictureShape>{{3, 1, 1}}));
}

TEST(Pyramid, EndsAtOnePixel) {
  const std::vector<int64_t> channels = {4, 6, 5};
  EXPECT_NO_THROW(pyramid({1, 8, 15}, channels));
  EXPECT_TRUE(test::throws<UsageError>([&] { pyramid({1, 64, 7}, channels); }, {"3 halvings", "7x64"}));
}

}  // namespace
}  // namespace vae
