#include "images/jpeg_decode.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "images/luma.h"
#include "images/resize.h"
#include "support/damage.h"
#include "support/errors.h"
#include "support/jpeg_fixture.h"
#include "support/pictures.h"

namespace vae {
namespace {

using test::constant_picture;
using test::contains;
using test::encode_jpeg;
using test::JpegFixture;
using test::message_of;
using test::pixel;

constexpr DecodeOptions kColor{.channels = 3};
constexpr DecodeOptions kGrey{.channels = 1};

// Quality 95 quantises the DCT in steps of a few levels, and colour is kept for every other pixel only.
constexpr int kLossy = 16;

int largest_difference(const Image& a, const Image& b) {
  EXPECT_EQ(a.pixels.size(), b.pixels.size());
  int largest = 0;
  for (size_t i = 0; i < std::min(a.pixels.size(), b.pixels.size()); ++i) {
    largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  }
  return largest;
}

double mean_difference(const Image& a, const Image& b) {
  double sum = 0;
  for (size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(a.pixels[i] - b.pixels[i]);
  return sum / static_cast<double>(a.pixels.size());
}

JpegFixture color_fixture(int64_t width = 61, int64_t height = 47) {
  return {.width = width, .height = height, .samples = test::waves(width, height, 3).pixels};
}

JpegFixture grey_fixture(int64_t width = 61, int64_t height = 47) {
  return {.width = width,
          .height = height,
          .samples = test::waves(width, height, 1).pixels,
          .color_space = JCS_GRAYSCALE,
          .stored_space = JCS_GRAYSCALE};
}

std::vector<uint8_t> exif_with(uint8_t orientation) {
  return {'E',  'x',  'i', 'f', 0, 0, 'M', 'M', 0, 42,          0, 0, 0, 8, 0, 1,
          0x01, 0x12, 0,   3,   0, 0, 0,   1,   0, orientation, 0, 0, 0, 0, 0, 0};
}

TEST(DecodeJpeg, ReadsColor) {
  const Image image = decode_jpeg(encode_jpeg(color_fixture()), "x", kColor);
  EXPECT_LE(largest_difference(image, test::waves(61, 47, 3)), kLossy);
}

TEST(DecodeJpeg, ReadsGrey) {
  const Image image = decode_jpeg(encode_jpeg(grey_fixture()), "x", kGrey);
  EXPECT_LE(largest_difference(image, test::waves(61, 47, 1)), kLossy);
}

TEST(DecodeJpeg, RepeatsGreyInAllThreeColors) {
  const std::vector<std::byte> file = encode_jpeg(grey_fixture());
  const Image grey = decode_jpeg(file, "x", kGrey);
  const Image color = decode_jpeg(file, "x", kColor);
  for (size_t i = 0; i < color.pixels.size(); ++i) ASSERT_EQ(color.pixels[i], grey.pixels[i / 3]);
}

TEST(DecodeJpeg, TurnsColorIntoLuma) {
  const Image grey = decode_jpeg(encode_jpeg(color_fixture()), "x", kGrey);
  EXPECT_LE(largest_difference(grey, to_grey(test::waves(61, 47, 3))), kLossy);
}

TEST(DecodeJpeg, ReadsProgressiveLikeBaseline) {
  JpegFixture fixture = color_fixture();
  const Image baseline = decode_jpeg(encode_jpeg(fixture), "x", kColor);
  fixture.progressive = true;
  EXPECT_EQ(decode_jpeg(encode_jpeg(fixture), "x", kColor),
            baseline);  // the same coefficients in another order
}

struct InkCase {
  J_COLOR_SPACE stored_space;
  bool adobe_marker;
};

class DecodeJpegInk : public testing::TestWithParam<InkCase> {};

TEST_P(DecodeJpegInk, IsTurnedIntoLight) {
  // A third of the cyan, no magenta, all of the yellow, a fifth of the black, as ink from 0 to 255.
  const std::array<int, 4> ink = {85, 0, 255, 51};
  JpegFixture fixture{.width = 16,
                      .height = 16,
                      .samples = {},
                      .color_space = JCS_CMYK,
                      .stored_space = GetParam().stored_space,
                      .adobe_marker = GetParam().adobe_marker};
  for (size_t i = 0; i < 256 * 4; ++i) {
    fixture.samples.push_back(static_cast<uint8_t>(fixture.adobe_marker ? 255 - ink[i % 4] : ink[i % 4]));
  }
  const Image image = decode_jpeg(encode_jpeg(fixture), "x", kColor);
  ASSERT_EQ(image.channels, 3);
  // (1 - 1/3) (1 - 1/5), 1 (1 - 1/5), 0; a constant picture loses little more than roundings.
  EXPECT_NEAR(pixel(image, 8, 8, 0), 255 * 2 / 3 * 4 / 5, 3);
  EXPECT_NEAR(pixel(image, 8, 8, 1), 255 * 4 / 5, 3);
  EXPECT_NEAR(pixel(image, 8, 8, 2), 0, 3);

  const Image grey = decode_jpeg(encode_jpeg(fixture), "x", kGrey);
  EXPECT_EQ(grey, to_grey(image));
}

// YCCK can't be told from CMYK without the marker.
INSTANTIATE_TEST_SUITE_P(Spaces, DecodeJpegInk,
                         testing::Values(InkCase{JCS_CMYK, false}, InkCase{JCS_CMYK, true},
                                         InkCase{JCS_YCCK, true}));

TEST(DecodeJpeg, TurnsThePictureUprightByItsExif) {
  JpegFixture fixture = color_fixture(32, 16);
  const Image stored = decode_jpeg(encode_jpeg(fixture), "x", kColor);
  fixture.app1 = exif_with(6);
  const Image upright = decode_jpeg(encode_jpeg(fixture), "x", kColor);
  EXPECT_EQ(upright.width, 16);
  EXPECT_EQ(upright.height, 32);
  EXPECT_EQ(pixel(upright, 15, 0), pixel(stored, 0, 0));
  EXPECT_EQ(pixel(upright, 0, 31), pixel(stored, 31, 15));
}

TEST(DecodeJpeg, GivesTheSmallestPictureThatStillCoversTheTarget) {
  const std::vector<std::byte> file = encode_jpeg(color_fixture(100, 60));
  const auto size = [&](int64_t width, int64_t height) {
    const Image image = decode_jpeg(file, "x", {.target = TargetSize{width, height}});
    return std::pair(image.width, image.height);
  };
  EXPECT_EQ(size(200, 200), std::pair(int64_t{100}, int64_t{60}));
  EXPECT_EQ(size(51, 10), std::pair(int64_t{100}, int64_t{60}));
  EXPECT_EQ(size(50, 30), std::pair(int64_t{50}, int64_t{30}));
  EXPECT_EQ(size(10, 15), std::pair(int64_t{25}, int64_t{15}));
  EXPECT_EQ(size(12, 7), std::pair(int64_t{13}, int64_t{8}));
  EXPECT_EQ(size(1, 1), std::pair(int64_t{13}, int64_t{8}));
}

TEST(DecodeJpeg, TakesTheTargetAsThePictureIsSeen) {
  JpegFixture fixture = color_fixture(100, 60);
  fixture.app1 = exif_with(6);
  const Image image = decode_jpeg(encode_jpeg(fixture), "x", {.target = TargetSize{30, 50}});
  EXPECT_EQ(std::pair(image.width, image.height), std::pair(int64_t{30}, int64_t{50}));
}

TEST(DecodeJpeg, ReducedIsCloseToTheAverageOfAllPixels) {
  // Exactly divisible, so that both see the same area. The scaled transform cuts frequencies off where a box
  // damps them, and colour that is kept for every other pixel is not interpolated first: a twelfth of the
  // contrast of these waves at the most, and next to nothing on average.
  for (const J_COLOR_SPACE space : {JCS_YCbCr, JCS_RGB}) {
    JpegFixture fixture = color_fixture(160, 96);
    fixture.stored_space = space;
    const std::vector<std::byte> file = encode_jpeg(fixture);
    const Image whole = decode_jpeg(file, "x", kColor);
    for (const int64_t divisor : {2, 4, 8}) {
      const TargetSize target{160 / divisor, 96 / divisor};
      const Image reduced = decode_jpeg(file, "x", {.target = target});
      const Image averaged = resize(whole, target.width, target.height, Resampling::area);
      EXPECT_LE(largest_difference(reduced, averaged), 16) << divisor;
      EXPECT_LE(mean_difference(reduced, averaged), 1.5) << divisor;
    }
  }
}

TEST(DecodeJpeg, RefusesTwelveBits) {
  std::vector<std::byte> file = encode_jpeg(grey_fixture());
  const std::array<std::byte, 2> frame = {std::byte{0xFF}, std::byte{0xC0}};
  const auto found = std::ranges::search(file, frame);
  ASSERT_FALSE(found.empty());
  found.begin()[1] = std::byte{0xC1};  // extended sequential; then length, then the precision
  found.begin()[4] = std::byte{12};
  EXPECT_TRUE(contains(message_of<DataError>([&] { decode_jpeg(file, "a.jpg", kGrey); }),
                       "a.jpg: JPEG has 12 bits a sample"));
}

TEST(DecodeJpeg, RefusesTooManyPixelsBeforeTakingMemory) {
  std::vector<std::byte> file = encode_jpeg(grey_fixture());
  const std::array<std::byte, 2> frame = {std::byte{0xFF}, std::byte{0xC0}};
  const auto found = std::ranges::search(file, frame);
  for (int i = 5; i < 9; ++i) found.begin()[i] = std::byte{0xF0};
  EXPECT_TRUE(contains(message_of<DataError>([&] { decode_jpeg(file, "a.jpg", kGrey); }),
                       "61680 x 61680 pixels, at most 268435456"));
}

TEST(DecodeJpeg, RefusesAScanBomb) {
  JpegFixture fixture = grey_fixture(8, 8);
  // DC first, then every AC coefficient of its own, bit by bit: 1 + 63 * 11 scans, each of them legal.
  fixture.scans.push_back({1, {0}, 0, 0, 0, 0});
  for (int coefficient = 1; coefficient < 64; ++coefficient) {
    fixture.scans.push_back({1, {0}, coefficient, coefficient, 0, 10});
    for (int bit = 9; bit >= 0; --bit)
      fixture.scans.push_back({1, {0}, coefficient, coefficient, bit + 1, bit});
  }
  EXPECT_TRUE(contains(message_of<DataError>([&] { decode_jpeg(encode_jpeg(fixture), "a.jpg", kGrey); }),
                       "more than 500 scans"));
  fixture.scans.resize(1 + 11 * 40);  // the encoder accepts that the rest stays unsent
  EXPECT_NO_THROW(decode_jpeg(encode_jpeg(fixture), "a.jpg", kGrey));
}

TEST(DecodeJpeg, SaysAfterHowManyRowsATruncatedFileEnds) {
  std::vector<std::byte> file = encode_jpeg(color_fixture(64, 256));
  file.resize(file.size() / 2);
  const std::string message = message_of<DataError>([&] { decode_jpeg(file, "a.jpg", kColor); });
  EXPECT_TRUE(contains(message, "a.jpg: JPEG ends after 1"));  // a hundred and some
  EXPECT_TRUE(contains(message, " of 256 rows; re-export the file, or set data.bad_images to \"skip\""));
}

TEST(DecodeJpeg, RefusesTruncatedFilesAtEveryByteAlsoWhereReduced) {
  const std::vector<std::byte> file = encode_jpeg(color_fixture());
  const DecodeOptions reduced{.target = TargetSize{8, 6}};
  const Image whole = decode_jpeg(file, "x", reduced);
  for (size_t size = 0; size < file.size(); size += 7) {
    try {
      EXPECT_EQ(decode_jpeg(std::span(file).first(size), "x", reduced), whole) << size;
    } catch (const DataError&) {
    }
  }
}

TEST(DecodeJpeg, RefusesTruncatedFilesAtEveryByte) {
  test::expect_prefixes_refused_or_exact(encode_jpeg(color_fixture(33, 29)));
  JpegFixture progressive = color_fixture(33, 29);
  progressive.progressive = true;
  test::expect_prefixes_refused_or_exact(encode_jpeg(progressive));
}

TEST(DecodeJpeg, SurvivesChangedBytes) {
  JpegFixture fixture = color_fixture(33, 29);
  fixture.app1 = exif_with(5);
  EXPECT_GT(test::count_refused_flips(encode_jpeg(fixture), 1000), 300);  // many hit only sample values
  fixture.progressive = true;
  EXPECT_GT(test::count_refused_flips(encode_jpeg(fixture), 1000), 300);
}

}  // namespace
}  // namespace vae
