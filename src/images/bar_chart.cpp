#include "images/bar_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vae {
namespace {

constexpr Colour kWhite = {255, 255, 255}, kBlack = {0, 0, 0}, kGrey = {215, 215, 215}, kRed = {190, 30, 30};

// In pixels.
constexpr int64_t kMargin = 14;
constexpr int64_t kAxisLength = 480;
constexpr int64_t kBar = kTextAscent;  // as high as the numbers beside it
constexpr int64_t kBarGap = 2;
constexpr int64_t kRowGap = 14;
constexpr int64_t kLine = kTextHeight + kMargin;
constexpr int64_t kHeader = kMargin + 2 * kLine;  // title, names of the series and of the mark

bool has_logarithm(double value) { return value > 0 && std::isfinite(value); }

/// Powers of ten around all that is shown.
struct Axis {
  int first = 0, last = 1;

  explicit Axis(const BarChart& chart) {
    double least = chart.mark, greatest = chart.mark;
    for (const BarChart::Row& row : chart.rows) {
      for (const double value : row.values) {
        if (!has_logarithm(value)) continue;
        least = std::min(least, value);
        greatest = std::max(greatest, value);
      }
    }
    // A bar as long as nothing would be read as zero: the axis begins below the least.
    first = static_cast<int>(std::ceil(std::log10(least))) - 1;
    last = std::max(first + 1, static_cast<int>(std::ceil(std::log10(greatest))));
  }

  /// Pixels from the beginning of the axis.
  int64_t position(double value) const {
    const double share = (std::log10(value) - first) / (last - first);
    return std::lround(share * static_cast<double>(kAxisLength));
  }
};

struct Layout {
  explicit Layout(const BarChart& chart) {
    int64_t widest = 0;
    for (const BarChart::Row& row : chart.rows) widest = std::max(widest, text_width(row.name));
    left = 2 * kMargin + widest;
    row_height = std::ssize(chart.series) * (kBar + kBarGap) + kRowGap;
    bottom = kHeader + std::ssize(chart.rows) * row_height;
    width = left + kAxisLength + kMargin + text_width(" 0.0001");
    height = bottom + kLine + kMargin;
  }

  int64_t left;        // where the axis begins
  int64_t row_height;  // with the gap below
  int64_t bottom;      // of the last row
  int64_t width, height;
};

/// The names of the series beside squares of their colours, and of the mark in its own.
void draw_legend(Image& image, const BarChart& chart, const Layout& layout) {
  const int64_t top = kMargin + kLine;
  int64_t left = layout.left;
  for (const BarChart::Series& series : chart.series) {
    fill(image, {left, top, kTextAscent, kTextAscent}, series.colour);
    draw_text(image, left + kTextAscent + kMargin / 2, top, series.name, kBlack);
    left += kTextAscent + text_width(series.name) + 2 * kMargin;
  }
  draw_text(image, left, top, chart.mark_name, kRed);
}

void draw_axis(Image& image, const Axis& axis, const Layout& layout) {
  for (int power = axis.first; power <= axis.last; ++power) {
    const double value = std::pow(10, power);
    const int64_t x = layout.left + axis.position(value);
    fill(image, {x, kHeader, 1, layout.bottom - kHeader}, kGrey);
    const std::string label = fmt::format("{:g}", value);
    draw_text(image, x - text_width(label) / 2, layout.bottom + kMargin / 2, label, kBlack);
  }
}

void draw_row(Image& image, const BarChart& chart, const BarChart::Row& row, const Axis& axis,
              const Layout& layout, int64_t top) {
  const int64_t bars = layout.row_height - kRowGap;
  draw_text(image, layout.left - kMargin - text_width(row.name), top + (bars - kTextAscent) / 2, row.name,
            kBlack);
  for (size_t i = 0; i < row.values.size(); ++i) {
    if (!has_logarithm(row.values[i])) continue;
    const int64_t length = axis.position(row.values[i]);
    const int64_t bar_top = top + static_cast<int64_t>(i) * (kBar + kBarGap);
    const std::string label = fmt::format("{:.3g}", row.values[i]);
    const int64_t label_left = layout.left + length + kMargin / 2;
    fill(image, {layout.left, bar_top, length, kBar}, chart.series[i].colour);
    fill(image, {label_left, bar_top, text_width(label), kBar}, kWhite);  // over the lines
    draw_text(image, label_left, bar_top, label, kBlack);
  }
}

}  // namespace

Image draw(const BarChart& chart) {
  const Axis axis(chart);
  const Layout layout(chart);
  Image image = blank(layout.width, layout.height, kWhite);
  draw_text(image, kMargin, kMargin, chart.title, kBlack);
  draw_legend(image, chart, layout);
  draw_axis(image, axis, layout);
  fill(image, {layout.left + axis.position(chart.mark), kHeader, 2, layout.bottom - kHeader}, kRed);
  int64_t top = kHeader + kRowGap / 2;
  for (const BarChart::Row& row : chart.rows) {
    draw_row(image, chart, row, axis, layout, top);
    top += layout.row_height;
  }
  return image;
}

}  // namespace vae
