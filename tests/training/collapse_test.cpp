#include "training/collapse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vae {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::optional<std::string> look(CollapseWatch& watch, const std::vector<double>& kl) {
  return watch.look(kl);
}

TEST(Collapse, IsOfLatentsBelowTheThreshold) {
  const std::vector<double> kl = {0.5, 0, 0.0099, 0.01, -1e-9};
  EXPECT_THAT(dead_latents(kl), ElementsAre(1, 2, 4));
}

TEST(CollapseWatch, SaysWhichLatentsAndWhatToTry) {
  CollapseWatch watch;
  const auto warning = look(watch, {0, 1, 0, 0});
  ASSERT_TRUE(warning);
  EXPECT_THAT(*warning, HasSubstr("3 of 4 latent dimensions"));
  EXPECT_THAT(*warning, HasSubstr(": 0, 2, 3."));
  EXPECT_THAT(*warning, HasSubstr("objective.beta_warmup_steps"));
  EXPECT_THAT(*warning, HasSubstr("objective.free_bits"));
}

TEST(CollapseWatch, WarnsOfHalfAndNotOfLess) {
  CollapseWatch watch;
  EXPECT_FALSE(look(watch, {1, 1, 1, 0}));
  EXPECT_TRUE(look(watch, {1, 1, 0, 0}));
}

TEST(CollapseWatch, WarnsAgainOnlyWhereTheNumberChanges) {
  CollapseWatch watch;
  EXPECT_TRUE(look(watch, {1, 0}));
  EXPECT_FALSE(look(watch, {1, 0}));
  EXPECT_TRUE(look(watch, {0, 0}));
  EXPECT_FALSE(look(watch, {1, 1}));
  EXPECT_TRUE(look(watch, {0, 0}));
}

TEST(CollapseWatch, IsSilentWhereNoKlIsKnown) {
  CollapseWatch watch;
  EXPECT_FALSE(look(watch, {}));
}

TEST(CollapseWatch, NamesAFewOfMany) {
  CollapseWatch watch;
  const auto warning = look(watch, std::vector<double>(100, 0));
  ASSERT_TRUE(warning);
  EXPECT_THAT(*warning, HasSubstr("15 and 84 more"));
}

}  // namespace
}  // namespace vae
