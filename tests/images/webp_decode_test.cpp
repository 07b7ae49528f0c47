#include "images/webp_decode.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "core/error.h"
#include "images/luma.h"
#include "images/orientation.h"
#include "support/damage.h"
#include "support/errors.h"
#include "support/pictures.h"
#include "support/webp_fixture.h"

namespace vae {
namespace {

using test::contains;
using test::encode_lossless_webp;
using test::encode_lossy_webp;
using test::extend_webp;
using test::message_of;

constexpr DecodeOptions kColor{.channels = 3};
constexpr uint8_t kAnimation = 0x02, kExif = 0x08;  // flags of the chunk VP8X

TEST(DecodeWebp, KeepsEveryPixelOfALosslessFile) {
  const Image image = test::noise(13, 9, 3);
  EXPECT_EQ(decode_webp(encode_lossless_webp(image), "x", kColor), image);
}

TEST(DecodeWebp, ReadsLossyFiles) {
  const Image image = test::waves(61, 47, 3);
  const Image decoded = decode_webp(encode_lossy_webp(image, 95), "x", kColor);
  ASSERT_EQ(decoded.pixels.size(), image.pixels.size());
  for (size_t i = 0; i < image.pixels.size(); ++i) {
    // Colour is kept for every other pixel only, and where it changes over one it is off by most.
    ASSERT_LE(std::abs(decoded.pixels[i] - image.pixels[i]), 24) << i;
  }
}

TEST(DecodeWebp, TurnsColorIntoLuma) {
  const Image image = test::noise(13, 9, 3);
  EXPECT_EQ(decode_webp(encode_lossless_webp(image), "x", {.channels = 1}), to_grey(image));
}

TEST(DecodeWebp, ShowsTheBackgroundThroughTransparentPixels) {
  const Image image{3, 1, 4, {255, 0, 0, 255, 255, 0, 0, 0, 255, 0, 0, 51}};
  const Image expected{3, 1, 3, {255, 0, 0, 20, 40, 60, 67, 32, 48}};  // 51 is a fifth of 255
  EXPECT_EQ(decode_webp(encode_lossless_webp(image), "x", {.background = {20, 40, 60}}), expected);
}

TEST(DecodeWebp, TurnsThePictureUprightByItsExif) {
  const Image image = test::noise(13, 9, 3);
  for (uint8_t orientation = 1; orientation <= 8; ++orientation) {
    const std::vector<uint8_t> exif = {'M', 'M', 0, 42, 0, 0, 0,           8, 0, 1, 0x01, 0x12, 0,
                                       3,   0,   0, 0,  1, 0, orientation, 0, 0, 0, 0,    0,    0};
    const std::vector<std::byte> file = extend_webp(encode_lossless_webp(image), image, kExif, "EXIF", exif);
    EXPECT_EQ(decode_webp(file, "x", kColor), turn_upright(image, orientation)) << int{orientation};
  }
}

/// All of one colour; libwebp says of each pixel nothing. The sizes stand behind the signature of the pixels.
std::vector<std::byte> one_colour(uint32_t width, uint32_t height) {
  constexpr size_t kSizes = 21;
  std::vector<std::byte> file = encode_lossless_webp({1, 1, 3, {10, 20, 30}});
  const uint32_t sizes = (width - 1) | (height - 1) << 14U;
  for (size_t i = 0; i < 3; ++i) file[kSizes + i] = static_cast<std::byte>(sizes >> 8 * i);
  file[kSizes + 3] = (file[kSizes + 3] & std::byte{0xF0}) | static_cast<std::byte>(sizes >> 24U);
  return file;
}

TEST(DecodeWebp, ReadsAPictureOfOneColour) {
  const Image image = decode_webp(one_colour(600, 400), "x", kColor);
  ASSERT_EQ(image.pixels.size(), 600U * 400 * 3);
  for (size_t i = 0; i < image.pixels.size(); ++i) ASSERT_EQ(image.pixels[i], 10 * (i % 3 + 1)) << i;
}

TEST(DecodeWebp, RefusesAPictureThatIsHugeAndBlankBeforeTakingMemory) {
  EXPECT_TRUE(contains(message_of<DataError>([] { decode_webp(one_colour(1 << 14, 1 << 14), "a.webp", {}); }),
                       "a.webp: WebP announces 16384 x 16384 pixels in "));
}

TEST(DecodeWebp, RefusesAnimationsByName) {
  const Image image = test::noise(13, 9, 3);
  const std::vector<std::byte> file = extend_webp(encode_lossless_webp(image), image, kAnimation);
  EXPECT_TRUE(contains(message_of<DataError>([&] { decode_webp(file, "a.webp", kColor); }),
                       "a.webp: is an animated WebP"));
}

TEST(DecodeWebp, SaysThatAFileEndsTooEarly) {
  for (const auto& file :
       {encode_lossless_webp(test::noise(32, 32, 3)), encode_lossy_webp(test::noise(32, 32, 3), 90)}) {
    const auto half = std::span(file).first(file.size() / 2);
    EXPECT_TRUE(
        contains(message_of<DataError>([&] { decode_webp(half, "a.webp", kColor); }), "WebP ends too early"));
  }
}

TEST(DecodeWebp, RefusesTruncatedFilesAtEveryByte) {
  test::expect_prefixes_refused_or_exact(encode_lossless_webp(test::noise(9, 7, 3)));
  test::expect_prefixes_refused_or_exact(encode_lossy_webp(test::waves(19, 17, 3), 90));
}

TEST(DecodeWebp, SurvivesChangedBytes) {
  // The format has no checksums: what is refused is what does not decode at all.
  EXPECT_GT(test::count_refused_flips(encode_lossless_webp(test::noise(9, 7, 3)), 500), 50);
  EXPECT_GT(test::count_refused_flips(encode_lossy_webp(test::waves(19, 17, 3), 90), 500), 50);
}

}  // namespace
}  // namespace vae
