#include "data/labelled.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "data/pictures.h"
#include "data/shapes.h"
#include "support/numbered_pictures.h"
#include "support/throws.h"

namespace vae {
namespace {

std::shared_ptr<const Dataset> shapes() {
  return std::make_shared<ShapesDataset>(ShapesConfig{.count = 10, .height = 8, .width = 8});
}

TEST(Labelled, FindsEachClassByItsName) {
  const auto source = shapes();
  const Labelled labelled(source, {"triangle", "circle", "square", "ellipse"});
  EXPECT_EQ(labelled.classes().size(), 4);
  for (int64_t i = 0; i < labelled.size(); ++i) {
    EXPECT_EQ(labelled.classes()[static_cast<size_t>(labelled.label(i))],
              source->classes()[static_cast<size_t>(source->label(i))]);
  }
}

TEST(Labelled, KeepsAllElseThatIsKnown) {
  const auto source = shapes();
  const Labelled labelled(source, source->classes());
  EXPECT_EQ(labelled.shape(), source->shape());
  EXPECT_EQ(labelled.factor_names(), source->factor_names());
  for (int64_t i = 0; i < labelled.size(); ++i) {
    EXPECT_EQ(test::pixels(labelled, i), test::pixels(*source, i));
    EXPECT_EQ(labelled.name(i), source->name(i));
    EXPECT_EQ(labelled.factor_values(i), source->factor_values(i));
  }
}

TEST(Labelled, RefusesAClassThatIsNotInTheList) {
  EXPECT_TRUE(test::throws<DataError>(
      [] {
        Labelled(shapes(), {"square", "triangle"});
      },
      {"of class \"ellipse\"", "square, triangle"}));
}

TEST(Labelled, RefusesAPictureWithoutAClass) {
  class Unlabelled : public test::NumberedPictures {
   public:
    using NumberedPictures::NumberedPictures;
    int64_t label(int64_t) const override { return kNoLabel; }
  };
  const auto source = std::make_shared<Unlabelled>(3, PictureShape{.channels = 1, .height = 2, .width = 2});
  EXPECT_TRUE(test::throws<DataError>([&] { Labelled(source, {"a"}); }, {"0: no class is known"}));
}

}  // namespace
}  // namespace vae
