#include "data/labelled.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "data/pictures.h"
#include "data/shapes.h"
#include "data/subset.h"
#include "support/throws.h"

namespace vae {
namespace {

std::shared_ptr<const Dataset> shapes() { return std::make_shared<ShapesDataset>(ShapesConfig{.count = 9}); }

TEST(Labelled, MatchesClassesByName) {
  const auto source = shapes();
  std::vector<std::string> classes(source->classes().rbegin(), source->classes().rend());
  classes.insert(classes.begin(), "a class without pictures");
  const Labelled labelled(source, classes);
  EXPECT_EQ(labelled.classes(), classes);
  for (int64_t i = 0; i < labelled.size(); ++i) {
    EXPECT_EQ(classes[static_cast<size_t>(labelled.label(i))],
              source->classes()[static_cast<size_t>(source->label(i))]);
    EXPECT_EQ(test::pixels(labelled, i), test::pixels(*source, i));
    EXPECT_EQ(labelled.name(i), source->name(i));
  }
}

TEST(Labelled, RefusesAClassThatTheModelDoesNotKnow) {
  std::vector<std::string> classes = shapes()->classes();
  const std::string missing = classes.back();
  classes.pop_back();
  EXPECT_TRUE(test::throws<DataError>([&] { Labelled(shapes(), classes); }, {missing, classes.front()}));
}

class WithoutLabels : public Subset {
 public:
  WithoutLabels() : Subset(shapes(), {0, 1}) {}
  int64_t label(int64_t index) const override { return index == 1 ? kNoLabel : Subset::label(index); }
};

TEST(Labelled, RefusesAPictureWithoutAClass) {
  EXPECT_TRUE(test::throws<DataError>(
      [] { Labelled(std::make_shared<WithoutLabels>(), shapes()->classes()); }, {"no class is known"}));
}

}  // namespace
}  // namespace vae
