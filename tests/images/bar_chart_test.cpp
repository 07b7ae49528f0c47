#include "images/bar_chart.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/pictures.h"

namespace vae {
namespace {

constexpr Colour kFirst = {0, 100, 200}, kSecond = {200, 100, 0};

BarChart chart(std::vector<BarChart::Row> rows) {
  return {.title = "test",
          .series = {{"first", kFirst}, {"second", kSecond}},
          .rows = std::move(rows),
          .mark = 0.05,
          .mark_name = "mark"};
}

bool is(const Image& image, int64_t x, int64_t y, Colour colour) {
  for (int64_t c = 0; c < 3; ++c) {
    if (test::pixel(image, x, y, c) != colour[static_cast<size_t>(c)]) return false;
  }
  return true;
}

/// Pixels of each run of one colour that is wider than the legend's squares, from the top: bars by rows of
/// pixels.
std::vector<int64_t> bar_lengths(const Image& image, Colour colour) {
  std::vector<int64_t> lengths;
  int64_t above = 0;
  for (int64_t y = 0; y < image.height; ++y) {
    int64_t length = 0;
    for (int64_t x = 0; x < image.width; ++x) length += is(image, x, y, colour) ? 1 : 0;
    if (length > kTextAscent && above <= kTextAscent) lengths.push_back(length);
    above = length;
  }
  return lengths;
}

TEST(BarChart, HasBarsAsLongAsTheLogarithms) {
  const Image image = draw(chart({{"a", {0.1, 1}}, {"b", {10, 0.1}}}));
  const std::vector<int64_t> first = bar_lengths(image, kFirst), second = bar_lengths(image, kSecond);
  ASSERT_EQ(first.size(), 2u);
  ASSERT_EQ(second.size(), 2u);
  // From 0.01, the power of ten below the mark: 1, 3, 2 and 1 decades, but for rounding and for the line of
  // the mark, which is drawn below the bars.
  EXPECT_NEAR(static_cast<double>(first[1]) / static_cast<double>(first[0]), 3, 0.05);
  EXPECT_NEAR(static_cast<double>(second[0]) / static_cast<double>(first[0]), 2, 0.05);
  EXPECT_EQ(second[1], first[0]);
}

TEST(BarChart, HasNoBarForWhatHasNoLogarithm) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Image image = draw(chart({{"a", {0, 1}}, {"b", {infinity, 2}}, {"c", {-1, std::nan("")}}}));
  EXPECT_TRUE(bar_lengths(image, kFirst).empty());
  EXPECT_EQ(bar_lengths(image, kSecond).size(), 2u);
  EXPECT_EQ(image, draw(chart({{"a", {0, 1}}, {"b", {0, 2}}, {"c", {0, 0}}})));
}

TEST(BarChart, IsDrawnWithoutRows) { EXPECT_GT(draw(chart({})).width, 0); }

}  // namespace
}  // namespace vae
