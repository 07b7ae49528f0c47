#include "data/folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "core/error.h"
#include "data/pictures.h"
#include "images/png.h"
#include "support/temporary_folder.h"
#include "support/throws.h"

namespace vae {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

/// A picture of one colour.
Image plain(int64_t width, int64_t height, std::array<uint8_t, 3> colour) {
  Image image{.width = width, .height = height, .channels = 3, .pixels = {}};
  for (int64_t i = 0; i < width * height; ++i) {
    image.pixels.insert(image.pixels.end(), colour.begin(), colour.end());
  }
  return image;
}

class Folder : public testing::Test {
 protected:
  fs::path add(const std::string& name, const Image& image = plain(4, 4, {10, 20, 30})) const {
    fs::create_directories((root() / name).parent_path());
    write_png(root() / name, image);
    return root() / name;
  }

  void add_text(const std::string& name, const std::string& text = "words") const {
    fs::create_directories((root() / name).parent_path());
    std::ofstream(root() / name) << text;
  }

  FolderDataset open() const { return FolderDataset({.path = root(), .height = 4, .width = 4}); }

  testing::AssertionResult refuses(const fs::path& path,
                                   std::initializer_list<std::string_view> parts) const {
    return test::throws<DataError>([&] { FolderDataset({.path = path}); }, parts);
  }

  const fs::path& root() const { return folder_.path(); }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(Folder, ListsPicturesOfAllLevelsInTheOrderOfTheBytesOfTheirPaths) {
  for (const char* name : {"b.png", "a/z.png", "a/b/c/d.png", "a.png", "B.png", "a-.png"}) add(name);
  EXPECT_EQ(test::picture_names(open()),
            (Strings{"B.png", "a-.png", "a.png", "a/b/c/d.png", "a/z.png", "b.png"}));
}

TEST_F(Folder, ScalesEveryPictureToTheShape) {
  add("wide.png", plain(40, 10, {200, 100, 50}));
  const FolderDataset dataset({.path = root(), .height = 3, .width = 2});
  EXPECT_EQ(dataset.shape(), (PictureShape{.channels = 3, .height = 3, .width = 2}));
  std::vector<uint8_t> expected;
  for (int i = 0; i < 6; ++i) expected.insert(expected.end(), {200, 100, 50});
  EXPECT_EQ(test::pixels(dataset, 0), expected);
}

TEST_F(Folder, GivesGreyWhereOneChannelIsAskedFor) {
  add("white.png", plain(4, 4, {255, 255, 255}));
  const FolderDataset dataset({.path = root(), .channels = 1, .height = 2, .width = 2});
  EXPECT_EQ(test::pixels(dataset, 0), std::vector<uint8_t>(4, 255));
}

TEST_F(Folder, KnowsPicturesByContentAndCountsTheOthers) {
  fs::rename(add("picture.png"), root() / "picture.txt");
  add_text("notes.png");
  add_text("empty.jpg", "");
  const FolderDataset dataset = open();
  EXPECT_EQ(test::picture_names(dataset), (Strings{"picture.txt"}));
  EXPECT_EQ(dataset.skipped(), 2);
}

TEST_F(Folder, LeavesOutHiddenFilesAndFolders) {
  for (const char* name : {"seen.png", ".hidden.png", ".folder/in.png"}) add(name);
  const FolderDataset dataset = open();
  EXPECT_EQ(test::picture_names(dataset), (Strings{"seen.png"}));
  EXPECT_EQ(dataset.skipped(), 0);
}

TEST_F(Folder, FollowsLinksButNotInCircles) {
  add("a/one.png");
  fs::create_symlink(root() / "a/one.png", root() / "link.png");
  fs::create_directory_symlink(root() / "a", root() / "linked");
  fs::create_directory_symlink(root(), root() / "a/circle");
  fs::create_directory_symlink(root() / "a", root() / "a/itself");
  fs::create_symlink(root() / "nowhere", root() / "broken");
  for (const fs::path& path : {root(), root() / ""}) {  // without and with a slash at the end
    const FolderDataset dataset({.path = path});
    EXPECT_EQ(test::picture_names(dataset), (Strings{"a/one.png", "link.png", "linked/one.png"}));
  }
}

TEST_F(Folder, SubFoldersAreClasses) {
  for (const char* name : {"dog/1.png", "cat/2.png", "cat/deep/3.png", "loose.png"}) add(name);
  add_text("readme/notes.txt");
  const FolderDataset dataset = open();
  EXPECT_EQ(dataset.classes(), (Strings{"cat", "dog"}));
  EXPECT_EQ(test::picture_names(dataset), (Strings{"cat/2.png", "cat/deep/3.png", "dog/1.png", "loose.png"}));
  EXPECT_EQ(test::labels(dataset), (std::vector<int64_t>{0, 0, 1, kNoLabel}));
}

TEST_F(Folder, OneSubFolderIsNoClass) {
  for (const char* name : {"all/1.png", "all/2.png"}) add(name);
  add_text("notes/readme.txt");
  EXPECT_TRUE(open().classes().empty());
  EXPECT_EQ(open().label(0), kNoLabel);
}

TEST_F(Folder, SaysWhatIsWrongWithAFolderWithoutPictures) {
  EXPECT_TRUE(refuses(root() / "none", {"none: no such folder"}));
  EXPECT_TRUE(refuses(root(), {": is empty"}));
  add_text("notes.txt");
  EXPECT_TRUE(refuses(root(), {"holds no JPEG, PNG or WebP picture (1 other file, e.g. notes.txt)"}));
  EXPECT_TRUE(refuses(root() / "notes.txt", {"notes.txt: is no folder"}));
}

TEST_F(Folder, NamesADamagedPicture) {
  add_text("cut.png", "\x89PNG\r\n\x1a\nnothing more");
  const FolderDataset dataset = open();
  EXPECT_TRUE(test::throws<DataError>([&] { test::pixels(dataset, 0); }, {"cut.png"}));
}

TEST_F(Folder, SaysWhichFileMayNotBeRead) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  fs::permissions(add("secret.png"), fs::perms::none);
  EXPECT_TRUE(test::throws<IoError>([&] { open(); }, {"secret.png: can't be opened", "Permission denied"}));
}

TEST_F(Folder, SaysWhichFolderMayNotBeSearched) {
  if (geteuid() == 0) GTEST_SKIP() << "root may search everything";
  fs::create_directory(root() / "secret");
  fs::permissions(root() / "secret", fs::perms::none);
  EXPECT_TRUE(test::throws<IoError>([&] { open(); }, {"can't be searched", "Permission denied"}));
}

TEST(FolderConfig, RefusesTwoChannels) {
  EXPECT_EQ(check(FolderConfig{.channels = 3}), std::nullopt);
  EXPECT_NE(check(FolderConfig{.channels = 2}), std::nullopt);
}

}  // namespace
}  // namespace vae
