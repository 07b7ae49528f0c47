#include "report/charts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>

namespace vae {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(LineChart, DrawsALineForEachSeriesThatHasPoints) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const LineChart chart = {.title = "T",
                           .x_label = "epoch",
                           .y_label = "nats",
                           .series = {{"a", {0, 3}, false, {{0, 1}, {1, 2}}},
                                      {"nothing", {1, 3}, false, {{0, nan}}},
                                      {"b", {2, 3}, true, {{0, 3}, {0.5, nan}, {1, 5}}}}};
  const std::string html = to_html(chart);
  EXPECT_EQ(count(html, "<polyline"), 2);
  EXPECT_THAT(html, Not(HasSubstr("nothing")));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
}

TEST(LineChart, IsLeftOutWithoutAPoint) {
  EXPECT_EQ(to_html(LineChart{.title = "T", .x_label = "", .y_label = "", .series = {{"a", {}, false, {}}}}),
            "");
}

TEST(LineChart, EscapesNames) {
  const LineChart chart = {
      .title = "<T>", .x_label = "x", .y_label = "y", .series = {{"<a>", {}, false, {{0, 1}, {1, 2}}}}};
  EXPECT_THAT(to_html(chart), Not(HasSubstr("<a>")));
  EXPECT_THAT(to_html(chart), Not(HasSubstr("<T>")));
}

TEST(LineChart, ThinsLongSeriesAndKeepsTheLastPoint) {
  LineChart chart = {.title = "T", .x_label = "x", .y_label = "y", .series = {{"a", {}, false, {}}}};
  for (int i = 0; i < 100'000; ++i) chart.series[0].points.push_back({static_cast<double>(i), 0.5 * i});
  const std::string html = to_html(chart);
  EXPECT_LT(html.size(), 100'000);
  EXPECT_THAT(html, HasSubstr("[99999.0,49999.5]"));
}

TEST(LineChart, SaysHowManyPointsLieOutside) {
  LineChart chart = {.title = "T", .x_label = "x", .y_label = "y", .series = {{"a", {}, false, {{0, -1e6}}}}};
  for (int i = 1; i < 30; ++i)
    chart.series[0].points.push_back({static_cast<double>(i), static_cast<double>(i)});
  EXPECT_THAT(to_html(chart), HasSubstr("1 of 30 points lie outside"));
}

TEST(ColumnChart, NamesBarsWhereThereIsRoom) {
  ColumnChart chart = {.title = "T", .x_label = "x", .y_label = "y", .bars = {{"cat", 3}, {"dog", 4}}};
  EXPECT_THAT(to_html(chart), HasSubstr(">dog</text>"));
  for (int i = 0; i < 100; ++i) chart.bars.push_back({"cow", 1});
  EXPECT_THAT(to_html(chart), Not(HasSubstr(">dog</text>")));
}

TEST(ScatterChart, HasAPointForEachPictureAndAButtonForEachClass) {
  const ScatterChart chart = {.title = "T",
                              .x_label = "x",
                              .y_label = "y",
                              .points = {{{0, 1}, 0, "a.png"}, {{1, 2}, 1, "b.png"}, {{2, 0}, -1, "c.png"}},
                              .groups = {"cat", "dog"},
                              .thumbnails = "data:,"};
  const std::string html = to_html(chart);
  EXPECT_EQ(count(html, "<circle"), 3);
  EXPECT_EQ(count(html, "<button"), 2);
  EXPECT_THAT(html, HasSubstr("b.png · dog"));
}

TEST(Colours, AreAllDifferent) {
  for (const int64_t size : {2, 10, 11, 60}) {
    std::set<std::string> seen;
    for (int64_t i = 0; i < size; ++i) seen.insert(GroupColour{i, size}.css());
    EXPECT_EQ(std::ssize(seen), size);
  }
}

}  // namespace
}  // namespace vae
