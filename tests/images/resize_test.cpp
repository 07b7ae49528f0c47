#include "images/resize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>

#include "core/error.h"
#include "support/pictures.h"

namespace vae {
namespace {

using test::constant_picture;
using test::noise;
using test::pixel;

// Half a level of rounding; float sums over a few hundred weights are off by less than 0.001 of a level.
constexpr double kRounding = 0.501;

/// Weight of source pixel i for the target pixel that shows [left, right) of the source.
using WeightFunction = std::function<double(int64_t i, double left, double right)>;

double box(int64_t i, double left, double right) {
  const auto begin = static_cast<double>(i);
  return std::max(0.0, std::min(begin + 1, right) - std::max(begin, left));
}

double triangle(int64_t i, double left, double right) {
  return std::max(0.0, 1 - std::abs(static_cast<double>(i) + 0.5 - (left + right) / 2));
}

double cubic(int64_t i, double left, double right) {
  const double a = -0.5;
  const double x = std::abs(static_cast<double>(i) + 0.5 - (left + right) / 2) / std::max(right - left, 1.0);
  if (x <= 1) return (a + 2) * x * x * x - (a + 3) * x * x + 1;
  if (x < 2) return a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a;
  return 0;
}

struct Rectangle {
  double left, top, width, height;
};

/// The picture's part in `shown` at another size, by the definition: a weighted average over all pixels.
std::vector<double> reference(const Image& image, const Rectangle& shown, int64_t width, int64_t height,
                              const WeightFunction& across, const WeightFunction& down) {
  std::vector<double> result;
  const double step_x = shown.width / static_cast<double>(width);
  const double step_y = shown.height / static_cast<double>(height);
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      const double left = shown.left + static_cast<double>(x) * step_x;
      const double top = shown.top + static_cast<double>(y) * step_y;
      for (int64_t c = 0; c < image.channels; ++c) {
        double sum = 0;
        double total = 0;
        for (int64_t j = 0; j < image.height; ++j) {
          for (int64_t i = 0; i < image.width; ++i) {
            const double weight = across(i, left, left + step_x) * down(j, top, top + step_y);
            sum += weight * pixel(image, i, j, c);
            total += weight;
          }
        }
        result.push_back(std::clamp(sum / total, 0.0, 255.0));
      }
    }
  }
  return result;
}

void expect_near(const Image& image, const std::vector<double>& expected) {
  ASSERT_EQ(image.pixels.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) ASSERT_NEAR(image.pixels[i], expected[i], kRounding) << i;
}

struct Sizes {
  int64_t from_width, from_height, to_width, to_height;
};

class ResizeTo : public testing::TestWithParam<Sizes> {};

INSTANTIATE_TEST_SUITE_P(Sizes, ResizeTo,
                         testing::Values(Sizes{40, 30, 20, 15}, Sizes{37, 23, 16, 16}, Sizes{13, 11, 29, 31},
                                         Sizes{31, 9, 12, 20}, Sizes{100, 3, 1, 1}, Sizes{1, 1, 5, 4},
                                         Sizes{2, 3, 7, 2}, Sizes{17, 17, 16, 16}));

TEST_P(ResizeTo, AreaIsTheIntegralOverTheCoveredArea) {
  const auto [from_width, from_height, to_width, to_height] = GetParam();
  for (const int64_t channels : {1, 3}) {
    const Image image = noise(from_width, from_height, channels);
    const Rectangle all{0, 0, static_cast<double>(from_width), static_cast<double>(from_height)};
    expect_near(resize(image, to_width, to_height, Resampling::area),
                reference(image, all, to_width, to_height, to_width > from_width ? triangle : box,
                          to_height > from_height ? triangle : box));
  }
}

TEST_P(ResizeTo, BicubicIsTheCubicConvolution) {
  const auto [from_width, from_height, to_width, to_height] = GetParam();
  for (const int64_t channels : {1, 3}) {
    const Image image = noise(from_width, from_height, channels);
    const Rectangle all{0, 0, static_cast<double>(from_width), static_cast<double>(from_height)};
    expect_near(resize(image, to_width, to_height, Resampling::bicubic),
                reference(image, all, to_width, to_height, cubic, cubic));
  }
}

TEST_P(ResizeTo, CropShowsTheLargestCentredRectangle) {
  const auto [from_width, from_height, to_width, to_height] = GetParam();
  const auto width = static_cast<double>(from_width);
  const auto height = static_cast<double>(from_height);
  const auto ratio = static_cast<double>(to_width) / static_cast<double>(to_height);
  const double shown_width = std::min(width, height * ratio);
  const double shown_height = std::min(height, width / ratio);
  const Rectangle shown{(width - shown_width) / 2, (height - shown_height) / 2, shown_width, shown_height};
  const bool enlarges = shown_width < static_cast<double>(to_width);

  const Image image = noise(from_width, from_height, 3);
  const WeightFunction area = enlarges ? triangle : box;
  expect_near(resize_and_crop(image, to_width, to_height, Resampling::area),
              reference(image, shown, to_width, to_height, area, area));
  expect_near(resize_and_crop(image, to_width, to_height, Resampling::bicubic),
              reference(image, shown, to_width, to_height, cubic, cubic));
}

TEST_P(ResizeTo, ConstantPicturesStayConstant) {
  const auto [from_width, from_height, to_width, to_height] = GetParam();
  for (const Resampling method : {Resampling::area, Resampling::bicubic}) {
    for (const int level : {0, 1, 127, 254, 255}) {
      const auto value = static_cast<uint8_t>(level);
      const Image image = constant_picture(from_width, from_height, 3, value);
      const Image expected = constant_picture(to_width, to_height, 3, value);
      EXPECT_EQ(resize(image, to_width, to_height, method), expected);
      EXPECT_EQ(resize_and_crop(image, to_width, to_height, method), expected);
    }
  }
}

TEST_P(ResizeTo, CropLeansToNoSide) {
  const auto [from_width, from_height, to_width, to_height] = GetParam();
  const Image image = noise(from_width, from_height, 1);
  for (const Resampling method : {Resampling::area, Resampling::bicubic}) {
    const Image straight = resize_and_crop(image, to_width, to_height, method);
    const Image turned = test::mirrored(resize_and_crop(test::mirrored(image), to_width, to_height, method));
    for (size_t i = 0; i < straight.pixels.size(); ++i) {
      // Sums in the opposite order may round a tie the other way.
      EXPECT_LE(std::abs(straight.pixels[i] - turned.pixels[i]), 1);
    }
  }
}

TEST(Resize, ToTheSameSizeChangesNothing) {
  for (const int64_t channels : {1, 3}) {
    const Image image = noise(41, 29, channels);
    for (const Resampling method : {Resampling::area, Resampling::bicubic}) {
      EXPECT_EQ(resize(image, 41, 29, method), image);
      EXPECT_EQ(resize_and_crop(image, 41, 29, method), image);
    }
  }
}

TEST(Resize, AveragesThousandsOfRowsWithoutDrift) {
  const Image image = noise(3, 20000, 1);
  const Image mean = resize(image, 1, 1, Resampling::area);
  double sum = 0;
  for (const uint8_t value : image.pixels) sum += value;
  EXPECT_NEAR(mean.pixels[0], sum / static_cast<double>(image.pixels.size()), 0.6);  // 20000 float additions
}

TEST(ResizeAndCrop, OfOddMarginsTakesHalfPixels) {
  const Image image{3, 2, 1, {0, 100, 200, 0, 100, 200}};
  EXPECT_EQ(resize_and_crop(image, 2, 2, Resampling::area), (Image{2, 2, 1, {50, 150, 50, 150}}));
}

TEST(Resize, RefusesEmptySizes) {
  EXPECT_THROW(resize(noise(4, 4, 1), 0, 4, Resampling::area), UsageError);
  EXPECT_THROW(resize(Image{0, 0, 1, {}}, 4, 4, Resampling::area), UsageError);
  EXPECT_THROW(resize_and_crop(noise(4, 4, 1), 4, -1, Resampling::bicubic), UsageError);
}

}  // namespace
}  // namespace vae
