#include "images/png.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "core/error.h"
#include "core/file.h"
#include "images/decode.h"
#include "support/pictures.h"
#include "support/temporary_folder.h"

namespace vae {
namespace {

TEST(EncodePng, KeepsEveryPixel) {
  for (const int64_t channels : {1, 3}) {
    for (const int64_t width : {1, 7, 300}) {
      const Image image = test::noise(width, 11, channels);
      EXPECT_EQ(decode(encode_png(image), "x", {.channels = channels}), image);
    }
  }
}

TEST(EncodePng, GivesTheSameBytesForTheSamePixels) {
  EXPECT_EQ(encode_png(test::noise(50, 40, 3)), encode_png(test::noise(50, 40, 3)));
}

TEST(EncodePng, HoldsNoTime) {
  const std::vector<std::byte> file = encode_png(test::noise(5, 4, 3));
  EXPECT_TRUE(std::ranges::search(file, std::as_bytes(std::span(std::string_view("tIME")))).empty());
}

TEST(EncodePng, RefusesAnEmptyPicture) { EXPECT_THROW(encode_png(Image{0, 4, 3, {}}), DataError); }

TEST(WritePng, WritesWhatEncodePngGives) {
  const test::TemporaryFolder folder;
  const Image image = test::noise(9, 6, 3);
  write_png(folder.path() / "a.png", image);
  EXPECT_EQ(read_file(folder.path() / "a.png"), encode_png(image));
}

TEST(WritePng, RefusesAFolderThatIsNotThere) {
  const test::TemporaryFolder folder;
  EXPECT_THROW(write_png(folder.path() / "no" / "a.png", test::noise(2, 2, 1)), IoError);
}

}  // namespace
}  // namespace vae
