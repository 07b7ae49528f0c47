#include "images/decode.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/file.h"
#include "images/png.h"
#include "support/errors.h"
#include "support/jpeg_fixture.h"
#include "support/pictures.h"
#include "support/temporary_folder.h"
#include "support/webp_fixture.h"

namespace vae {
namespace {

using namespace std::string_view_literals;
using test::contains;
using test::message_of;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(Recognise, LooksAtTheContent) {
  const test::JpegFixture jpeg{.width = 8, .height = 8, .samples = test::waves(8, 8, 3).pixels};
  EXPECT_EQ(recognise(test::encode_jpeg(jpeg)), ImageFormat::jpeg);
  EXPECT_EQ(recognise(encode_png(test::waves(8, 8, 3))), ImageFormat::png);
  EXPECT_EQ(recognise(test::encode_lossless_webp(test::waves(8, 8, 3))), ImageFormat::webp);
  EXPECT_EQ(recognise(bytes_of("GIF89a")), ImageFormat::foreign);
  EXPECT_EQ(recognise(bytes_of("BMW and others")), ImageFormat::none);
  EXPECT_EQ(recognise({}), ImageFormat::none);
}

TEST(Decode, NamesTheFormatItDoesNotRead) {
  const std::pair<std::string_view, const char*> files[] = {
      {"GIF89a...."sv, "is GIF, which is not read; convert it to JPEG, PNG or WebP"},
      {"\0\0\0\x18"
       "ftypheic"sv,
       "is HEIC,"},
      {"\0\0\0\x18"
       "ftypavif"sv,
       "is AVIF,"},
      {"II*\0........"sv, "is TIFF,"},
      {"MM\0*........"sv, "is TIFF,"},
      {"BM....\0\0\0\0"sv, "is BMP,"},
      {"\0\0\0\x0CjP  \r\n\x87\n"sv, "is JPEG 2000,"},
      {"\0\0\0\x0CJXL \r\n\x87\n"sv, "is JPEG XL,"},
      {"hello"sv, "is no picture of a known format (JPEG, PNG, WebP);"},
      {""sv, "is empty;"}};
  for (const auto& [content, expected] : files) {
    const std::string message = message_of<DataError>([&] { decode(bytes_of(content), "a.jpg", {}); });
    EXPECT_TRUE(contains(message, std::string("a.jpg: ") + expected));
  }
}

TEST(Decode, RefusesOtherNumbersOfChannels) {
  EXPECT_THROW(decode(encode_png(test::waves(8, 8, 3)), "x", {.channels = 2}), UsageError);
}

TEST(ReadImage, ReadsAFileWhateverItIsCalled) {
  const test::TemporaryFolder folder;
  const Image image = test::noise(7, 5, 3);
  write_png(folder.path() / "picture.jpg", image);
  EXPECT_EQ(read_image(folder.path() / "picture.jpg", {}), image);
}

TEST(ReadImage, NamesTheFileThatIsNotThere) {
  EXPECT_TRUE(contains(message_of<IoError>([] { read_image("no/such.png", {}); }), "no/such.png"));
}

}  // namespace
}  // namespace vae
