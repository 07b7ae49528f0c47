#include "data/split.h"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "core/error.h"
#include "data/pictures.h"
#include "images/png.h"
#include "support/temporary_folder.h"
#include "support/throws.h"

namespace vae {
namespace {

using Strings = std::vector<std::string>;

constexpr ShapesConfig kHundred{.count = 100, .height = 8, .width = 8};

FractionConfig fraction(double value) { return {.fraction = value}; }

TEST(Split, FractionsAndTheRestAreTheWholeSourceOnce) {
  const Splits splits = open_splits(kHundred, fraction(0.2), fraction(0.1), 1);
  EXPECT_EQ(splits.train->size(), 70);
  EXPECT_EQ(splits.validation->size(), 20);
  EXPECT_EQ(splits.test->size(), 10);
  std::multiset<std::string> all;
  for (const auto& split : {splits.train, splits.validation, splits.test})
    all.merge([&] {
      const Strings names = test::picture_names(*split);
      return std::multiset<std::string>(names.begin(), names.end());
    }());
  const Strings names = test::picture_names(*open_dataset(kHundred));
  EXPECT_EQ(all, std::multiset<std::string>(names.begin(), names.end()));
}

TEST(Split, PartsAreInTheOrderOfTheSource) {
  const Splits splits = open_splits(kHundred, fraction(0.3), fraction(0.3), 1);
  for (const auto& split : {splits.train, splits.validation, splits.test}) {
    const Strings names = test::picture_names(*split);
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end(),
                               [](const auto& a, const auto& b) { return std::stoi(a) < std::stoi(b); }));
  }
}

TEST(Split, ThePartsDependOnTheSeedAlone) {
  const auto test_names = [](uint64_t seed) {
    return test::picture_names(*open_splits(kHundred, NoneConfig{}, fraction(0.2), seed).test);
  };
  EXPECT_EQ(test_names(1), test_names(1));
  EXPECT_NE(test_names(1), test_names(2));
}

TEST(Split, TestPicturesStayWhenAValidationPartIsAdded) {
  const Splits without = open_splits(kHundred, NoneConfig{}, fraction(0.2), 1);
  const Splits with = open_splits(kHundred, fraction(0.5), fraction(0.2), 1);
  EXPECT_EQ(test::picture_names(*without.test), test::picture_names(*with.test));
  EXPECT_EQ(without.validation, nullptr);
}

TEST(Split, WithoutOthersTrainingIsTheWholeSource) {
  const Splits splits = open_splits(kHundred, NoneConfig{}, NoneConfig{}, 1);
  EXPECT_EQ(splits.train->size(), 100);
  EXPECT_EQ(splits.validation, nullptr);
  EXPECT_EQ(splits.test, nullptr);
}

TEST(Split, OtherSourcesAreOpenedBesideTheTrainingOne) {
  ShapesConfig later = kHundred;
  later.count = 7;
  later.offset = 100;
  const Splits splits = open_splits(kHundred, fraction(0.1), later, 1);
  EXPECT_EQ(splits.train->size(), 90);
  EXPECT_EQ(test::picture_names(*splits.test), (Strings{"100", "101", "102", "103", "104", "105", "106"}));
}

TEST(Split, RefusesPartsWithoutPictures) {
  const auto refuses = [](double validation, double test, std::initializer_list<std::string_view> parts) {
    return test::throws<DataError>([&] { open_splits(kHundred, fraction(validation), fraction(test), 1); },
                                   parts);
  };
  EXPECT_TRUE(refuses(0.1, 0.001, {"no picture left for test out of 100"}));
  EXPECT_TRUE(refuses(0.004, 0.1, {"no picture left for validation out of 100"}));
  EXPECT_TRUE(refuses(0.5, 0.5, {"no picture left for training out of 100"}));
  EXPECT_TRUE(refuses(0.9, 0.9, {"no picture left for training out of 100"}));
  EXPECT_TRUE(refuses(0.9, 0.999, {"no picture left for"}));
}

TEST(Split, RefusesPicturesOfAnotherShape) {
  ShapesConfig wider = kHundred;
  wider.width = 9;
  for (const bool as_test : {false, true}) {
    const auto action = [&] {
      open_splits(kHundred, as_test ? SplitConfig(NoneConfig{}) : wider,
                  as_test ? wider : SplitConfig(NoneConfig{}), 1);
    };
    EXPECT_TRUE(test::throws<DataError>(
        action, {as_test ? "test" : "validation", "8 x 9 pixels of 1 channel", "8 x 8 pixels of 1 channel"}));
  }
}

class SplitClasses : public testing::Test {
 protected:
  /// A folder of one picture a class.
  FolderConfig folder(const std::string& name, const Strings& classes) const {
    const std::filesystem::path path = folder_.path() / name;
    for (const std::string& class_name : classes) {
      std::filesystem::create_directories(path / class_name);
      write_png(path / class_name / "1.png", {.width = 1, .height = 1, .channels = 1, .pixels = {0}});
    }
    return {.path = path, .height = 4, .width = 4};
  }

  test::TemporaryFolder folder_;
};

TEST_F(SplitClasses, RefusesOtherClasses) {
  const FolderConfig train = folder("train", {"cat", "dog"});
  for (const Strings& classes :
       {Strings{"cat", "dot"}, Strings{"ape", "cat", "dog"}, Strings{"cat", "dog", "eel"}}) {
    const FolderConfig other = folder(fmt::format("{}", fmt::join(classes, "")), classes);
    EXPECT_TRUE(test::throws<DataError>([&] { open_splits(train, other, NoneConfig{}, 1); },
                                        {"validation has classes", "training [cat, dog]"}));
  }
}

TEST_F(SplitClasses, AcceptsASplitThatLacksTheLastClassesOrHasNone) {
  const FolderConfig train = folder("train", {"cat", "dog", "eel"});
  EXPECT_NO_THROW(open_splits(train, folder("fewer", {"cat", "dog"}), folder("none", {"all"}), 1));
}

}  // namespace
}  // namespace vae
