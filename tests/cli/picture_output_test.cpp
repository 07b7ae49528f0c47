#include "cli/picture_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/error.h"
#include "images/decode.h"
#include "images/enlarge.h"
#include "support/pictures.h"
#include "support/temporary_folder.h"
#include "support/throws.h"

namespace vae {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

std::vector<std::string> names(std::vector<std::string> sources) { return png_names(sources); }

TEST(PngNames, AreThoseOfTheSources) {
  EXPECT_THAT(names({"a.jpg", "cat/b.jpeg", "cat/c", "d.png"}),
              ElementsAre("a.png", "cat/b.png", "cat/c.png", "d.png"));
  EXPECT_THAT(names({"a.b.jpg"}), ElementsAre("a.b.png"));
}

TEST(PngNames, KeepTheWholeNameWhereTwoWouldBeOne) {
  EXPECT_THAT(names({"a.jpg", "a.png", "b.jpg"}), ElementsAre("a.jpg.png", "a.png.png", "b.png"));
  EXPECT_THAT(names({"x/a.jpg", "y/a.png"}), ElementsAre("x/a.png", "y/a.png"));
}

TEST(PngNames, AreNeverTheSame) {
  const std::vector<std::string> sources = {"a.jpg", "a.png", "a.jpg.png", "a.png.png", "a", "a.jpg.png.jpg"};
  const auto all = names(sources);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), sources.size());
}

TEST(NumberedNames, SortByNumber) {
  EXPECT_THAT(numbered_names(2), ElementsAre("0000.png", "0001.png"));
  const auto many = numbered_names(10001);
  EXPECT_EQ(many.front(), "00000.png");
  EXPECT_EQ(many.back(), "10000.png");
}

TEST(NamesByClass, AreAFolderForEachClass) {
  const std::vector<std::string> classes = {"cat", "0"};
  EXPECT_THAT(names_by_class(classes, 2),
              ElementsAre("cat/0000.png", "cat/0001.png", "0/0000.png", "0/0001.png"));
}

TEST(SquareColumns, AreAsManyAsRowsOrOneMore) {
  const std::pair<size_t, int64_t> expected[] = {{1, 1}, {2, 2}, {4, 2}, {5, 3}, {9, 3}, {10, 4}, {64, 8}};
  for (const auto& [count, columns] : expected) EXPECT_EQ(square_columns(count), columns) << count;
}

class PictureOutput : public ::testing::Test {
 protected:
  test::TemporaryFolder folder_;
  Results report_;
  const std::vector<Image> pictures_ = {test::noise(4, 3, 3, 1), test::noise(4, 3, 3, 2)};
};

TEST_F(PictureOutput, IsOneFileAPictureInFoldersMadeForIt) {
  const fs::path out = folder_.path() / "new/out";
  write_each(report_, out, pictures_, std::vector<std::string>{"cat/1.png", "2.png"});
  EXPECT_EQ(read_image(out / "cat/1.png", {}), pictures_[0]);
  EXPECT_EQ(read_image(out / "2.png", {}), pictures_[1]);
}

TEST_F(PictureOutput, OfAnAnimationIsEnlargedAndGoesThereAndBack) {
  const fs::path file = folder_.path() / "new/animation.png";
  write_animation(report_, {.file = file, .zoom = 3}, std::vector<Image>(4, pictures_[0]));
  EXPECT_EQ(read_image(file, {}), enlarge(pictures_[0], 3));
  EXPECT_EQ(report_["frames"], 6);
}

TEST_F(PictureOutput, StaysInItsFolder) {
  const fs::path out = folder_.path() / "out";
  for (const std::string name : {"../a.png", "/a.png", "b/../../a.png"}) {
    EXPECT_TRUE(test::throws<UsageError>(
        [&] { write_each(report_, out, std::span(pictures_).first(1), std::vector{name}); },
        {name, out.string()}));
  }
  EXPECT_FALSE(fs::exists(folder_.path() / "a.png"));
}

TEST_F(PictureOutput, OnOneSheetGoesToAFolderMadeForIt) {
  const fs::path file = folder_.path() / "new/sheet.png";
  write_sheet(report_, file, pictures_[0]);
  EXPECT_EQ(read_image(file, {}), pictures_[0]);
}

TEST_F(PictureOutput, ThatCanNotBeWrittenIsAnIoError) {
  write_sheet(report_, folder_.path() / "file", pictures_[0]);
  EXPECT_TRUE(
      test::throws<IoError>([&] { write_sheet(report_, folder_.path() / "file/a.png", pictures_[0]); },
                            {(folder_.path() / "file").string()}));
}

}  // namespace
}  // namespace vae
