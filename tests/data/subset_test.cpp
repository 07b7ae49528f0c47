#include "data/subset.h"

#include <gtest/gtest.h>

#include "data/pictures.h"
#include "data/shapes.h"

namespace vae {
namespace {

TEST(Subset, GivesTheChosenPicturesWithAllThatIsKnownOfThem) {
  const auto source = std::make_shared<ShapesDataset>(ShapesConfig{.count = 10});
  const Subset subset(source, {7, 2});
  EXPECT_EQ(subset.size(), 2);
  EXPECT_EQ(subset.shape(), source->shape());
  EXPECT_EQ(subset.classes(), source->classes());
  EXPECT_EQ(subset.factor_names(), source->factor_names());
  for (int64_t i = 0; i < subset.size(); ++i) {
    const int64_t original = i == 0 ? 7 : 2;
    EXPECT_EQ(test::pixels(subset, i), test::pixels(*source, original));
    EXPECT_EQ(subset.label(i), source->label(original));
    EXPECT_EQ(subset.name(i), source->name(original));
    EXPECT_EQ(subset.factor_values(i), source->factor_values(original));
  }
}

}  // namespace
}  // namespace vae
