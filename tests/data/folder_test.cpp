#include "data/folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <fstream>

#include "core/error.h"
#include "core/file.h"
#include "data/pictures.h"
#include "images/png.h"
#include "support/jpeg_fixture.h"
#include "support/pictures.h"
#include "support/temporary_folder.h"
#include "support/throws.h"

namespace vae {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;
using Strings = std::vector<std::string>;
using testing::HasSubstr;
using testing::StartsWith;

/// A picture of one colour.
Image plain(int64_t width, int64_t height, std::array<uint8_t, 3> colour) {
  Image image{.width = width, .height = height, .channels = 3, .pixels = {}};
  for (int64_t i = 0; i < width * height; ++i) {
    image.pixels.insert(image.pixels.end(), colour.begin(), colour.end());
  }
  return image;
}

std::string text_of(const fs::path& path) {
  const std::vector<std::byte> bytes = read_file(path);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string jpeg_file() {
  const std::vector<std::byte> bytes =
      test::encode_jpeg({.width = 64, .height = 64, .samples = test::noise(64, 64, 3).pixels});
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A PNG whose header was changed, with the checksum that fits.
std::string with_valid_header(std::string png) {
  const auto* const header = reinterpret_cast<const Bytef*>(png.data()) + 12;
  const uLong checksum = crc32(0, header, 17);
  for (size_t i = 0; i < 4; ++i) png[29 + i] = static_cast<char>(checksum >> (24 - 8 * i));
  return png;
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
  add_text("notes.txt");
  add_text("empty", "");
  const FolderDataset dataset = open();
  EXPECT_EQ(test::picture_names(dataset), (Strings{"picture.txt"}));
  EXPECT_EQ(Strings(dataset.others().begin(), dataset.others().end()), (Strings{"empty", "notes.txt"}));
}

TEST_F(Folder, LeavesOutHiddenFilesAndFolders) {
  for (const char* name : {"seen.png", ".hidden.png", ".folder/in.png"}) add(name);
  const FolderDataset dataset = open();
  EXPECT_EQ(test::picture_names(dataset), (Strings{"seen.png"}));
  EXPECT_TRUE(dataset.others().empty());
}

TEST_F(Folder, FollowsLinksButNotInCircles) {
  add("a/one.png");
  fs::create_symlink(root() / "a/one.png", root() / "link.png");
  fs::create_directory_symlink(root() / "a", root() / "linked");
  fs::create_directory_symlink(root(), root() / "a/circle");
  fs::create_directory_symlink(root() / "a", root() / "a/itself");
  for (const fs::path& path : {root(), root() / ""}) {  // without and with a slash at the end
    const FolderDataset dataset({.path = path});
    EXPECT_EQ(test::picture_names(dataset), (Strings{"a/one.png", "link.png", "linked/one.png"}));
    EXPECT_TRUE(dataset.bad().empty());
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

/// Every kind of file that is, or should be, a picture, and can't be used.
class BadPictures : public Folder {
 protected:
  void expect_bad(const std::string& name, std::string_view reason) const {
    const FolderDataset dataset({.path = root(), .height = 4, .width = 4}, {.bad_images = BadImages::skip});
    ASSERT_EQ(dataset.bad().size(), 1) << name;
    EXPECT_EQ(dataset.bad()[0].name, name);
    EXPECT_THAT(dataset.bad()[0].error, HasSubstr(std::string(reason)));
    EXPECT_THAT(dataset.bad()[0].error, StartsWith(root().string() + '/'));
    EXPECT_EQ(test::picture_names(dataset), Strings{"good.png"});
    EXPECT_TRUE(refuses(root(), {reason}));
  }

  void expect_bad_file(const std::string& name, std::string_view content, std::string_view reason) const {
    add_text(name, std::string(content));
    expect_bad(name, reason);
    fs::remove(root() / name);
  }

  void SetUp() override { add("good.png"); }
};

TEST_F(BadPictures, AreNamedWithWhatIsWrong) {
  using namespace std::string_view_literals;
  const std::string png = text_of(root() / "good.png");
  const std::string huge_png = png.substr(0, 16) + "\0\0\xFF\xFF\0\0\xFF\xFF"s + png.substr(24);
  const std::string jpeg = jpeg_file();
  std::string twelve_bits = jpeg;
  twelve_bits.at(jpeg.find("\xFF\xC0\0\x11"s) + 4) = 12;
  expect_bad_file("cut.png", png.substr(0, png.size() / 2), "PNG ends too early");
  expect_bad_file("changed.png", png.substr(0, 40) + "?" + png.substr(41), "PNG is damaged");
  expect_bad_file("no.jpg", jpeg.substr(0, 20), "JPEG ends within its header");
  expect_bad_file("cut.jpg", jpeg.substr(0, jpeg.size() / 2), "JPEG ends after");
  expect_bad_file("deep.jpg", twelve_bits, "JPEG has 12 bits a sample");
  expect_bad_file("cut.webp", "RIFF\x40\0\0\0WEBPVP8L\x30\0\0\0"sv, "WebP ends too early");
  expect_bad_file("moving.webp", "RIFF\x40\0\0\0WEBPVP8X\x0A\0\0\0\2\0\0\0\7\0\0\7\0\0"sv,
                  "is an animated WebP");
  expect_bad_file("moving.gif", "GIF89a"sv, "is GIF, which is not read");
  expect_bad_file("phone",
                  "\0\0\0\x18"
                  "ftypheic"sv,
                  "is HEIC, which is not read");
  expect_bad_file("new.jpg",
                  "\0\0\0\x18"
                  "ftypavif"sv,
                  "is AVIF, which is not read");
  expect_bad_file("scan.tif", "II*\0"sv, "is TIFF, which is not read");
  expect_bad_file("old.bmp", "BM....\0\0\0\0"sv, "is BMP, which is not read");
  expect_bad_file("empty.JPG", "", "is empty");
  expect_bad_file("page.jpeg", "<html>", "is no picture of a known format");
  expect_bad_file("huge.png", with_valid_header(huge_png),
                  "65535 x 65535 pixels, at most 268435456 are read");
}

TEST_F(BadPictures, MayBeLinks) {
  fs::create_symlink(root() / "nowhere", root() / "broken");
  expect_bad("broken", "is a link to nothing");
  fs::remove(root() / "broken");
  fs::create_symlink(root() / "circle.png", root() / "circle.png");
  expect_bad("circle.png", "is a link that leads in a circle");
}

TEST_F(BadPictures, MayHaveNamesThatAreNoUtf8) {
  fs::copy(root() / "good.png", root() / "caf\xE9.png");
  expect_bad("caf\xE9.png", "caf\\xE9.png: its name is not UTF-8; rename it");
}

TEST_F(BadPictures, MayBeUnreadable) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  fs::permissions(add("secret.png"), fs::perms::none);
  expect_bad("secret.png", "Permission denied");
  fs::remove(root() / "secret.png");
  fs::create_directory(root() / "secret");
  fs::permissions(root() / "secret", fs::perms::none);
  expect_bad("secret", "can't be searched (Permission denied)");
}

TEST_F(BadPictures, AreCountedInOneErrorThatNamesTheFirst) {
  for (const char* name : {"c.png", "a.png", "b.png"}) add_text(name);
  EXPECT_TRUE(refuses(root(), {": 3 of 4 pictures can't be used, a.png the first", "data.bad_images"}));
}

TEST_F(BadPictures, LeaveNothingToTrainOn) {
  fs::rename(root() / "good.png", root() / ".hidden");
  add_text("bad.png");
  EXPECT_TRUE(
      test::throws<DataError>([&] { FolderDataset({.path = root()}, {.bad_images = BadImages::skip}); },
                              {"no picture is left, 1 can't be used", "bad.png: is no picture"}));
}

TEST_F(BadPictures, DoNotMakeClasses) {
  for (const char* name : {"cat/1.png", "dog/2.png"}) add(name);
  add_text("eel/3.png");
  const FolderDataset dataset({.path = root()}, {.bad_images = BadImages::skip});
  EXPECT_EQ(dataset.classes(), (Strings{"cat", "dog"}));
}

TEST_F(Folder, MayDisappearOnceItIsOpen) {
  const fs::path cache = root().string() + "-cache";
  add("a.png", plain(4, 4, {1, 2, 3}));
  for (const CacheConfig& config : {CacheConfig(NoCache{}), CacheConfig(FolderCache{cache})}) {
    add("a.png", plain(4, 4, {1, 2, 3}));
    const FolderDataset dataset({.path = root(), .height = 1, .width = 1}, {.cache = config});
    fs::remove(root() / "a.png");
    fs::remove_all(cache);
    EXPECT_EQ(test::pixels(dataset, 0), (std::vector<uint8_t>{1, 2, 3}));
  }
}

TEST(Printable, IsOneLineOfUtf8) {
  EXPECT_EQ(printable("caf\xC3\xA9/a b.png"), "caf\xC3\xA9/a b.png");
  EXPECT_EQ(printable("caf\xE9\n\x7F\xFF"), "caf\\xE9\\x0A\\x7F\\xFF");
  EXPECT_EQ(printable(""), "");
}

TEST(FolderConfig, RefusesTwoChannels) {
  EXPECT_EQ(check(FolderConfig{.channels = 3}), std::nullopt);
  EXPECT_NE(check(FolderConfig{.channels = 2}), std::nullopt);
}

}  // namespace
}  // namespace vae
