#include "data/shapes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>
#include <set>

#include "data/pictures.h"

namespace vae {
namespace {

/// Sum of the pixels in units of full ones, and their centre of gravity.
struct Moments {
  double mass = 0, x = 0, y = 0;
};

Moments moments(const ShapesDataset& dataset, int64_t index) {
  const std::vector<uint8_t> pixels = test::pixels(dataset, index);
  Moments sum;
  for (int64_t row = 0; row < dataset.shape().height; ++row) {
    for (int64_t column = 0; column < dataset.shape().width; ++column) {
      const double mass = pixels[static_cast<size_t>(row * dataset.shape().width + column)] / 255.0;
      sum.mass += mass;
      sum.x += mass * (static_cast<double>(column) + 0.5);
      sum.y += mass * (static_cast<double>(row) + 0.5);
    }
  }
  return {sum.mass, sum.x / sum.mass, sum.y / sum.mass};
}

TEST(Shapes, PicturesAreAFunctionOfTheirNumber) {
  const ShapesDataset all({.count = 20});
  const ShapesDataset later({.count = 10, .offset = 10});
  for (int64_t i = 0; i < 10; ++i) {
    EXPECT_EQ(test::pixels(later, i), test::pixels(all, i + 10));
    EXPECT_EQ(later.label(i), all.label(i + 10));
    EXPECT_EQ(later.name(i), all.name(i + 10));
  }
}

TEST(Shapes, PicturesDiffer) {
  const ShapesDataset dataset({.count = 500});
  std::set<std::vector<uint8_t>> pictures;
  for (int64_t i = 0; i < dataset.size(); ++i) pictures.insert(test::pixels(dataset, i));
  EXPECT_EQ(pictures.size(), 500u);
}

// 64 samples a pixel at 32 x 32: an edge pixel is wrong by about 1/30, and the errors of the 20 to 40 edge
// pixels of a shape of 20 to 200 pixels partly cancel.
TEST(Shapes, CoverTheAreaOfTheirFactors) {
  const ShapesDataset dataset({.count = 600});
  std::array<double, 3> ratio_sums{};
  std::array<int, 3> counts{};
  for (int64_t i = 0; i < dataset.size(); ++i) {
    const double ratio = moments(dataset, i).mass / dataset.area(dataset.factors(i));
    EXPECT_NEAR(ratio, 1, 0.04) << i;
    ratio_sums[static_cast<size_t>(dataset.label(i))] += ratio;
    ++counts[static_cast<size_t>(dataset.label(i))];
  }
  for (size_t shape = 0; shape < 3; ++shape) EXPECT_NEAR(ratio_sums[shape] / counts[shape], 1, 0.002);
}

// The centre of gravity of each shape is the centre of its circle; sampled as above it moves by a few
// hundredths of a pixel at most.
TEST(Shapes, LieWhereTheirFactorsSay) {
  const ShapesDataset dataset({.count = 300, .height = 40, .width = 60});
  const double margin = 0.3 * 40;
  for (int64_t i = 0; i < dataset.size(); ++i) {
    const Moments found = moments(dataset, i);
    const ShapeFactors factors = dataset.factors(i);
    EXPECT_NEAR(found.x, margin + factors.x * (60 - 2 * margin), 0.05) << i;
    EXPECT_NEAR(found.y, margin + factors.y * (40 - 2 * margin), 0.05) << i;
  }
}

TEST(Shapes, EllipsesTurnAntiClockwise) {
  const ShapesDataset dataset({.count = 60, .height = 64, .width = 64});
  for (int64_t i = 0; i < dataset.size(); ++i) {
    const ShapeFactors factors = dataset.factors(i);
    if (factors.shape != ShapeKind::ellipse) continue;
    const Moments centre = moments(dataset, i);
    const std::vector<uint8_t> pixels = test::pixels(dataset, i);
    double xx = 0, xy = 0, yy = 0;
    for (int row = 0; row < 64; ++row) {
      for (int column = 0; column < 64; ++column) {
        const double x = column + 0.5 - centre.x, y = centre.y - row - 0.5;
        const double mass = pixels[static_cast<size_t>(row * 64 + column)];
        xx += mass * x * x, xy += mass * x * y, yy += mass * y * y;
      }
    }
    const double axis = 0.5 * std::atan2(2 * xy, xx - yy);         // of the longest spread, modulo pi
    EXPECT_NEAR(std::sin(axis - factors.rotation), 0, 0.02) << i;  // a degree
  }
}

TEST(Shapes, FactorsFillTheirRanges) {
  const ShapesDataset dataset({.count = 3000});
  std::array<int, 3> shapes{};
  double scale = 0, rotation = 0, x = 0, y = 0, hue = 0;
  for (int64_t i = 0; i < dataset.size(); ++i) {
    const ShapeFactors factors = dataset.factors(i);
    ++shapes[static_cast<size_t>(factors.shape)];
    scale += factors.scale, rotation += factors.rotation, x += factors.x, y += factors.y, hue += factors.hue;
  }
  const double deviation = 5 * std::sqrt(1.0 / 12 / 3000);  // five of the mean of 3000 uniform numbers
  EXPECT_NEAR(scale / 3000, 0.75, 0.5 * deviation);
  EXPECT_NEAR(rotation / 3000, std::numbers::pi, 2 * std::numbers::pi * deviation);
  for (const double sum : {x, y, hue}) EXPECT_NEAR(sum / 3000, 0.5, deviation);
  for (const int count : shapes) EXPECT_NEAR(count, 1000, 5 * std::sqrt(3000 * 2.0 / 9));
}

TEST(Shapes, StayWithinThePictureDownToTheSmallest) {
  for (const auto& [height, width] : {std::pair{8, 8}, std::pair{8, 30}, std::pair{33, 9}}) {
    const ShapesDataset dataset({.count = 300, .height = height, .width = width});
    double mass = 0, area = 0;
    for (int64_t i = 0; i < dataset.size(); ++i) {
      mass += moments(dataset, i).mass;
      area += dataset.area(dataset.factors(i));
    }
    EXPECT_NEAR(mass / area, 1, 0.01) << height << " x " << width;
  }
}

TEST(Shapes, HuesAreThoseOfTheColourCircle) {
  const ShapesDataset dataset({.count = 300, .channels = 3});
  for (int64_t i = 0; i < dataset.size(); ++i) {
    const std::vector<uint8_t> pixels = test::pixels(dataset, i);
    size_t brightest = 0;
    for (size_t p = 0; p < pixels.size(); p += 3) {
      if (pixels[p] + pixels[p + 1] + pixels[p + 2] >
          pixels[brightest] + pixels[brightest + 1] + pixels[brightest + 2])
        brightest = p;
    }
    const double red = pixels[brightest], green = pixels[brightest + 1], blue = pixels[brightest + 2];
    // The angle of the colour in the plane of equal brightness; it differs from the hexagon's hue by up
    // to 1.1 degrees, here in turns, and the rounding of the channels adds as little.
    double angle =
        std::atan2(std::numbers::sqrt3 * (green - blue), 2 * red - green - blue) / (2 * std::numbers::pi);
    const double difference = std::remainder(angle - dataset.factors(i).hue, 1.0);
    EXPECT_NEAR(difference, 0, 0.006) << i;
  }
}

TEST(Shapes, LabelsAreTheShapes) {
  const ShapesDataset dataset({.count = 10});
  EXPECT_EQ(dataset.classes(), (std::vector<std::string>{"square", "ellipse", "triangle"}));
  for (int64_t i = 0; i < 10; ++i)
    EXPECT_EQ(dataset.label(i), static_cast<int64_t>(dataset.factors(i).shape));
}

TEST(Shapes, TellTheFactorsThatShow) {
  const ShapesDataset grey({.count = 2}), coloured({.count = 2, .channels = 3});
  EXPECT_EQ(grey.factor_names(), (std::vector<std::string>{"shape", "scale", "rotation", "x", "y"}));
  const ShapeFactors factors = grey.factors(1);
  EXPECT_EQ(grey.factor_values(1), (std::vector<double>{static_cast<double>(factors.shape), factors.scale,
                                                        factors.rotation, factors.x, factors.y}));
  EXPECT_EQ(coloured.factor_names().back(), "hue");
  EXPECT_EQ(coloured.factor_values(1).back(), coloured.factors(1).hue);
}

TEST(ShapesConfig, RefusesTwoChannels) {
  EXPECT_EQ(check(ShapesConfig{.channels = 3}), std::nullopt);
  EXPECT_NE(check(ShapesConfig{.channels = 2}), std::nullopt);
}

}  // namespace
}  // namespace vae
