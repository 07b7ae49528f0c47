#include "data/picture_files.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.h"
#include "core/file.h"
#include "data/folder.h"
#include "images/png.h"
#include "support/pictures.h"
#include "support/temporary_folder.h"
#include "support/throws.h"

namespace vae {
namespace {

constexpr PictureShape kShape = {.channels = 3, .height = 6, .width = 8};

TEST(PictureFiles, AreThePicturesThatAFolderOfThemHolds) {
  const test::TemporaryFolder folder;
  const std::vector<std::filesystem::path> files = {folder.path() / "b.png", folder.path() / "a.png"};
  write_png(files[0], test::noise(20, 31, 3));
  write_png(files[1], test::noise(8, 6, 1));
  const PictureFiles pictures(files, kShape);
  const FolderDataset expected(FolderConfig{
      .path = folder.path(), .channels = kShape.channels, .height = kShape.height, .width = kShape.width});
  ASSERT_EQ(pictures.size(), 2);
  EXPECT_EQ(pictures.shape(), kShape);
  EXPECT_EQ(pictures.name(0), files[0].string());
  EXPECT_TRUE(std::ranges::equal(pictures.stored(0), expected.stored(1)));
  EXPECT_TRUE(std::ranges::equal(pictures.stored(1), expected.stored(0)));
}

TEST(PictureFiles, NameTheOneThatCantBeUsed) {
  const test::TemporaryFolder folder;
  const std::vector<std::filesystem::path> missing = {folder.path() / "none.png"};
  const std::vector<std::filesystem::path> text = {folder.path() / "text.png"};
  write_file_atomically(text[0], std::string_view("no picture"));
  EXPECT_TRUE(test::throws<IoError>([&] { PictureFiles(missing, kShape); }, {"none.png"}));
  EXPECT_TRUE(test::throws<DataError>([&] { PictureFiles(text, kShape); }, {"text.png"}));
}

}  // namespace
}  // namespace vae
