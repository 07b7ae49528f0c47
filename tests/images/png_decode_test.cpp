#include "images/png_decode.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "images/luma.h"
#include "support/damage.h"
#include "support/errors.h"
#include "support/pictures.h"
#include "support/png_fixture.h"

namespace vae {
namespace {

using test::contains;
using test::encode_png_fixture;
using test::message_of;
using test::PngFixture;

constexpr std::array<uint8_t, 3> kBackground = {200, 100, 40};

struct Format {
  int color_type;
  int bit_depth;
  bool transparent;  // by tRNS, for the types without alpha
  bool interlaced;
};

std::vector<Format> all_formats() {
  const std::vector<std::pair<int, std::vector<int>>> depths = {{PNG_COLOR_TYPE_GRAY, {1, 2, 4, 8, 16}},
                                                                {PNG_COLOR_TYPE_RGB, {8, 16}},
                                                                {PNG_COLOR_TYPE_PALETTE, {1, 2, 4, 8}},
                                                                {PNG_COLOR_TYPE_GRAY_ALPHA, {8, 16}},
                                                                {PNG_COLOR_TYPE_RGB_ALPHA, {8, 16}}};
  std::vector<Format> formats;
  for (const auto& [color_type, bit_depths] : depths) {
    for (const int bit_depth : bit_depths) {
      for (const bool interlaced : {false, true}) {
        formats.push_back({color_type, bit_depth, false, interlaced});
        if ((color_type & PNG_COLOR_MASK_ALPHA) == 0) {
          formats.push_back({color_type, bit_depth, true, interlaced});
        }
      }
    }
  }
  return formats;
}

PngFixture random_fixture(const Format& format) {
  const bool has_palette = format.color_type == PNG_COLOR_TYPE_PALETTE;
  const size_t color_samples = format.color_type & PNG_COLOR_MASK_COLOR && !has_palette ? 3 : 1;
  const size_t samples = color_samples + (format.color_type & PNG_COLOR_MASK_ALPHA ? 1 : 0);
  PngFixture fixture{.width = 13,
                     .height = 11,
                     .bit_depth = format.bit_depth,
                     .color_type = format.color_type,
                     .samples = {},
                     .interlaced = format.interlaced};
  std::mt19937 words(3);
  for (size_t i = 0; i < 13 * 11 * samples; ++i) {
    fixture.samples.push_back(static_cast<uint16_t>(words() >> (32 - format.bit_depth)));
  }
  if (has_palette) {
    for (int i = 0; i < 1 << format.bit_depth; ++i) {
      fixture.palette.push_back(
          {static_cast<png_byte>(words()), static_cast<png_byte>(words()), static_cast<png_byte>(words())});
      if (format.transparent) fixture.palette_alpha.push_back(static_cast<png_byte>(words()));
    }
  } else if (format.transparent) {
    png_color_16 color{};
    color.red = color.gray = fixture.samples[0];
    if (samples == 3) {
      color.green = fixture.samples[1];
      color.blue = fixture.samples[2];
    }
    fixture.transparent = color;
  }
  return fixture;
}

struct Rgba {
  double red, green, blue, alpha;
};

/// Pixel i straight from the standard, in [0, 1].
Rgba expected_rgba(const PngFixture& fixture, size_t i) {
  const double scale = (1 << fixture.bit_depth) - 1;
  if (fixture.color_type == PNG_COLOR_TYPE_PALETTE) {
    const png_color color = fixture.palette[fixture.samples[i]];
    const double alpha = fixture.palette_alpha.empty() ? 255 : fixture.palette_alpha[fixture.samples[i]];
    return {color.red / 255.0, color.green / 255.0, color.blue / 255.0, alpha / 255};
  }
  const size_t colors = fixture.color_type & PNG_COLOR_MASK_COLOR ? 3 : 1;
  const bool has_alpha = fixture.color_type & PNG_COLOR_MASK_ALPHA;
  const uint16_t* sample = &fixture.samples[i * (colors + has_alpha)];
  const uint16_t green = sample[colors == 3 ? 1 : 0];
  const uint16_t blue = sample[colors == 3 ? 2 : 0];
  double alpha = has_alpha ? sample[colors] / scale : 1;
  if (fixture.transparent) {
    const png_color_16& key = *fixture.transparent;
    const bool hit =
        colors == 3 ? sample[0] == key.red && green == key.green && blue == key.blue : sample[0] == key.gray;
    alpha = hit ? 0 : 1;
  }
  return {sample[0] / scale, green / scale, blue / scale, alpha};
}

class EveryPng : public testing::TestWithParam<Format> {};

// Colours: 16 bits are rounded to 8 in the value and in alpha (half a level each), and their mix once more.
// Luma: one more rounding.
TEST_P(EveryPng, DecodesToColor) {
  const PngFixture fixture = random_fixture(GetParam());
  const Image image =
      decode_png(encode_png_fixture(fixture), "x", {.channels = 3, .background = kBackground});
  ASSERT_EQ(image.pixels.size(), 13U * 11 * 3);
  for (size_t i = 0; i < 13 * 11; ++i) {
    const Rgba pixel = expected_rgba(fixture, i);
    const double tolerance = fixture.bit_depth < 16 ? 0.5 : (pixel.alpha == 1 ? 0.5 : 1.5);
    const std::array<double, 3> front = {pixel.red, pixel.green, pixel.blue};
    for (size_t c = 0; c < 3; ++c) {
      const double expected = pixel.alpha * front[c] * 255 + (1 - pixel.alpha) * kBackground[c];
      ASSERT_NEAR(image.pixels[3 * i + c], expected, tolerance + 1e-9) << "pixel " << i;
    }
  }
}

TEST_P(EveryPng, DecodesToLuma) {
  const PngFixture fixture = random_fixture(GetParam());
  const Image image =
      decode_png(encode_png_fixture(fixture), "x", {.channels = 1, .background = kBackground});
  ASSERT_EQ(image.pixels.size(), 13U * 11);
  for (size_t i = 0; i < 13 * 11; ++i) {
    const Rgba pixel = expected_rgba(fixture, i);
    const auto over = [&](double front, uint8_t back) {
      return pixel.alpha * front * 255 + (1 - pixel.alpha) * back;
    };
    const double expected = 0.299 * over(pixel.red, kBackground[0]) +
                            0.587 * over(pixel.green, kBackground[1]) +
                            0.114 * over(pixel.blue, kBackground[2]);
    ASSERT_NEAR(image.pixels[i], expected, fixture.bit_depth < 16 ? 1.01 : 2.01) << "pixel " << i;
  }
}

TEST_P(EveryPng, IsRefusedWhereTruncated) {
  test::expect_prefixes_refused_or_exact(encode_png_fixture(random_fixture(GetParam())));
}

std::string name_of(const testing::TestParamInfo<Format>& info) {
  const char* const types[] = {"Grey", "", "Rgb", "Palette", "GreyAlpha", "", "RgbAlpha"};
  const Format& format = info.param;
  return types[format.color_type] + std::to_string(format.bit_depth) +
         (format.transparent ? "Transparent" : "") + (format.interlaced ? "Interlaced" : "");
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryPng, testing::ValuesIn(all_formats()), name_of);

TEST(DecodePng, LooksAtNoGamma) {
  PngFixture fixture = random_fixture({PNG_COLOR_TYPE_RGB, 8, false, false});
  const Image plain = decode_png(encode_png_fixture(fixture), "x", {});
  fixture.gamma = 1.0;
  EXPECT_EQ(decode_png(encode_png_fixture(fixture), "x", {}), plain);
}

TEST(DecodePng, RefusesAWrongChecksumAnywhere) {
  PngFixture fixture = random_fixture({PNG_COLOR_TYPE_GRAY, 8, true, false});
  fixture.gamma = 0.5;
  const std::vector<std::byte> file = encode_png_fixture(fixture);
  for (size_t i = 0; i < file.size(); ++i) {
    std::vector<std::byte> damaged = file;
    damaged[i] ^= std::byte{0x20};
    EXPECT_THROW(decode(damaged, "x", {}), DataError) << "byte " << i;
  }
}

/// A small file that announces another size.
std::vector<std::byte> announcing(unsigned long width, unsigned long height) {
  std::vector<std::byte> file = encode_png_fixture(random_fixture({PNG_COLOR_TYPE_GRAY, 8, false, false}));
  const auto put = [&](size_t offset, unsigned long value) {
    for (size_t i = 0; i < 4; ++i) file[offset + i] = static_cast<std::byte>(value >> (24 - 8 * i));
  };
  put(16, width);
  put(20, height);
  put(29, crc32(0, reinterpret_cast<const Bytef*>(&file[12]), 17));
  return file;
}

TEST(DecodePng, RefusesTooManyPixelsBeforeTakingMemory) {
  EXPECT_TRUE(contains(message_of<DataError>([] { decode_png(announcing(1 << 16, 1 << 16), "a.png", {}); }),
                       "a.png: 65536 x 65536 pixels, at most 268435456"));
}

TEST(DecodePng, RefusesPixelsThatItsBytesCanNotHoldBeforeTakingMemory) {
  EXPECT_TRUE(contains(message_of<DataError>([] { decode_png(announcing(1 << 14, 1 << 14), "a.png", {}); }),
                       "a.png: PNG announces 16384 x 16384 pixels, more than its"));
}

TEST(DecodePng, SaysThatAFileEndsTooEarly) {
  std::vector<std::byte> file = encode_png_fixture(random_fixture({PNG_COLOR_TYPE_RGB, 8, false, false}));
  file.resize(100);
  EXPECT_TRUE(contains(message_of<DataError>([&] { decode_png(file, "a.png", {}); }),
                       "a.png: PNG ends too early, after 100 bytes; re-export the file"));
}

TEST(DecodePng, SurvivesChangedBytes) {
  const std::vector<std::byte> file =
      encode_png_fixture(random_fixture({PNG_COLOR_TYPE_PALETTE, 4, true, true}));
  EXPECT_EQ(test::count_refused_flips(file, 1000), 1000);  // a CRC of 32 bits finds every change of 4 bytes
}

/// Mends the checksums of the chunks, so that damage reaches what reads their contents.
std::vector<std::byte> with_checksums(std::vector<std::byte> file) {
  for (size_t at = 8; at + 12 <= file.size();) {
    size_t length = 0;
    for (size_t i = 0; i < 4; ++i) length = length << 8U | std::to_integer<size_t>(file[at + i]);
    if (length > file.size() - at - 12) break;
    const auto* content = reinterpret_cast<const Bytef*>(&file[at + 4]);
    const unsigned long checksum = crc32(0, content, static_cast<uInt>(length + 4));
    for (size_t i = 0; i < 4; ++i)
      file[at + 8 + length + i] = static_cast<std::byte>(checksum >> (24 - 8 * i));
    at += 12 + length;
  }
  return file;
}

TEST(DecodePng, UnpacksNoTextThatLiesBesideThePixels) {
  const std::vector<std::byte> file =
      encode_png_fixture(random_fixture({PNG_COLOR_TYPE_RGB, 8, false, false}));
  const std::string chunk("\0\0\0\x08zTXta\0\0nozip....",
                          20);  // what libpng would call damaged, if it looked
  std::vector<std::byte> with_text = file;
  const auto bytes = std::as_bytes(std::span(chunk));
  with_text.insert(with_text.begin() + 33, bytes.begin(), bytes.end());  // behind the header
  EXPECT_EQ(decode_png(with_checksums(with_text), "x", {}), decode_png(file, "x", {}));
}

TEST(DecodePng, SurvivesChangedContentsUnderRightChecksums) {
  const Format formats[] = {{PNG_COLOR_TYPE_PALETTE, 4, true, true},
                            {PNG_COLOR_TYPE_RGB_ALPHA, 16, false, false}};
  std::mt19937 words(5);
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    std::vector<std::byte> file = encode_png_fixture(random_fixture(formats[i % 2]));
    // Behind the sizes in IHDR, lest the test decode pictures of a hundred million pixels.
    file[24 + words() % (file.size() - 24)] ^= static_cast<std::byte>(1 + words() % 255);
    try {
      decode_png(with_checksums(file), "x", {});
    } catch (const DataError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 500);  // zlib's own checksum guards the pixels
}

}  // namespace
}  // namespace vae
