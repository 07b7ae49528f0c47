#include "config/suggest.h"

#include <gtest/gtest.h>

#include <array>

namespace vae::detail {

TEST(EditDistance, CountsTheFewestEdits) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", "abc"), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("lattent", "latent"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("form", "from"), 1U);
  EXPECT_EQ(edit_distance("ca", "abc"), 3U);  // no edit between swapped letters: that is what sets it apart
}

TEST(Nearest, IsTheNameThatWasMeant) {
  constexpr std::array<std::string_view, 3> kNames{"latent", "hidden", "lr"};
  EXPECT_EQ(nearest("lattent", kNames), "latent");
  EXPECT_EQ(nearest("hiden", kNames), "hidden");
  EXPECT_EQ(nearest("rl", kNames), "lr");
}

TEST(Nearest, IsNothingWhereAllAreFar) {
  constexpr std::array<std::string_view, 2> kNames{"latent", "lr"};
  EXPECT_EQ(nearest("width", kNames), std::nullopt);
  EXPECT_EQ(nearest("xy", kNames), std::nullopt);
  EXPECT_EQ(nearest("latent", {}), std::nullopt);
}

TEST(Advice, ListsWhatIsKnown) {
  constexpr std::array<std::string_view, 2> kNames{"latent", "lr"};
  EXPECT_EQ(advice("latnt", kNames), "did you mean \"latent\"? Known here: latent, lr");
  EXPECT_EQ(advice("width", kNames), "Known here: latent, lr");
  EXPECT_EQ(advice("width", {}), "Known here: nothing");
}

}  // namespace vae::detail
