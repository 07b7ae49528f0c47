#include "data/write_shapes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "core/error.h"
#include "data/folder.h"
#include "data/pictures.h"
#include "support/temporary_folder.h"
#include "support/throws.h"

namespace vae {
namespace {

std::vector<std::string> lines(const std::filesystem::path& path) {
  std::vector<std::string> all;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) all.push_back(line);
  return all;
}

TEST(WriteShapes, WhatIsWrittenIsTheSamePicturesAsAFolder) {
  const test::TemporaryFolder folder;
  const ShapesConfig config{.count = 12, .channels = 3, .height = 16, .width = 20, .offset = 5};
  write_shapes(config, folder.path() / "new");
  const ShapesDataset shapes(config);
  const FolderDataset files({.path = folder.path() / "new", .height = 16, .width = 20});
  ASSERT_EQ(files.size(), 12);
  EXPECT_EQ(files.others().size(), 1);  // factors.csv
  for (int64_t i = 0; i < files.size(); ++i) {
    const std::filesystem::path name = files.name(i);
    const int64_t index = std::stoll(name.stem().string()) - 5;
    EXPECT_EQ(name, fmt::format("{}/{:06}.png", shapes.classes()[static_cast<size_t>(shapes.label(index))],
                                index + 5));
    EXPECT_EQ(test::pixels(files, i), test::pixels(shapes, index));
  }
}

TEST(WriteShapes, TheTableHoldsTheExactFactors) {
  const test::TemporaryFolder folder;
  const ShapesConfig config{.count = 2, .channels = 3};
  write_shapes(config, folder.path());
  const std::vector<std::string> table = lines(folder.path() / "factors.csv");
  ASSERT_EQ(table.size(), 3u);
  EXPECT_EQ(table[0], "file,shape,scale,rotation,x,y,hue");
  const ShapeFactors factors = ShapesDataset(config).factors(1);
  const std::string_view shape = kShapeNames[static_cast<size_t>(factors.shape)];
  EXPECT_EQ(table[2], fmt::format("{0}/000001.png,{0},{1},{2},{3},{4},{5}", shape, factors.scale,
                                  factors.rotation, factors.x, factors.y, factors.hue));
}

TEST(WriteShapes, GreyPicturesHaveNoHue) {
  const test::TemporaryFolder folder;
  write_shapes({.count = 1}, folder.path());
  EXPECT_EQ(lines(folder.path() / "factors.csv")[0], "file,shape,scale,rotation,x,y");
}

TEST(WriteShapes, RefusesAFolderThatIsNotEmpty) {
  const test::TemporaryFolder folder;
  std::ofstream(folder.path() / "mine.txt") << "mine";
  EXPECT_TRUE(test::throws<UsageError>([&] { write_shapes({.count = 1}, folder.path()); },
                                       {"is not an empty folder"}));
  EXPECT_TRUE(test::throws<UsageError>([&] { write_shapes({.count = 1}, folder.path() / "mine.txt"); },
                                       {"mine.txt: is not an empty folder"}));
}

TEST(WriteShapes, SaysWhichFolderCannotBeCreated) {
  const test::TemporaryFolder folder;
  std::ofstream(folder.path() / "file") << "mine";
  EXPECT_TRUE(test::throws<IoError>([&] { write_shapes({.count = 1}, folder.path() / "file/in"); },
                                    {"can't be created"}));
}

}  // namespace
}  // namespace vae
