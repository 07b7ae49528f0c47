#include "report/charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/html.h"
#include "report/plot_area.h"

namespace vae {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kNamedColours = 10;  // --c0 to --c9 of the style sheet
constexpr size_t kMostPoints = 800;    // of a series: more than there are pixels tell nothing
constexpr double kBarShare = 0.78;     // of the room that a bar has
constexpr double kCharacterWidth = 7;  // of a tick, in pixels

struct Columns {
  std::vector<double> x, y;
};

// Every n-th point and the last.
std::vector<Point> thinned(const std::vector<Point>& points) {
  std::vector<Point> finite;
  std::copy_if(points.begin(), points.end(), std::back_inserter(finite),
               [](const Point& point) { return std::isfinite(point.x) && std::isfinite(point.y); });
  const size_t stride = (finite.size() + kMostPoints - 1) / kMostPoints;
  if (stride <= 1) return finite;
  std::vector<Point> result;
  for (size_t i = (finite.size() - 1) % stride; i < finite.size(); i += stride) result.push_back(finite[i]);
  return result;
}

std::vector<Series> shown(const std::vector<Series>& series) {
  std::vector<Series> result;
  for (const Series& one : series) {
    Series kept = one;
    kept.points = thinned(one.points);
    if (!kept.points.empty()) result.push_back(std::move(kept));
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const Series& a, const Series& b) { return a.is_faint > b.is_faint; });
  return result;
}

Columns columns_of(const std::vector<Series>& series) {
  Columns columns;
  for (const Series& one : series) {
    for (const Point& point : one.points) {
      columns.x.push_back(point.x);
      columns.y.push_back(point.y);
    }
  }
  return columns;
}

std::string polyline(const Series& series, const PlotArea& area) {
  std::string path;
  for (const Point& point : series.points) {
    path += fmt::format("{:.1f},{:.1f} ", area.to_x(point.x), area.to_y(point.y));
  }
  const std::string style = fmt::format(R"(style="--c:{}")", series.colour.css());
  const char* const faint = series.is_faint ? " faint" : "";
  if (series.points.size() == 1) {
    return fmt::format(R"(<circle class="dot" {} cx="{:.1f}" cy="{:.1f}" r="4"/>)", style,
                       area.to_x(series.points[0].x), area.to_y(series.points[0].y));
  }
  return fmt::format(R"(<polyline class="line{}" {} points="{}"/>)", faint, style, path);
}

std::string legend(const std::vector<Series>& series) {
  if (series.size() < 2) return "";
  std::string html = R"(<div class="legend">)";
  for (const Series& one : series) {
    html += fmt::format(R"(<span style="--c:{}"><i class="{}"></i>{}</span>)", one.colour.css(),
                        one.is_faint ? "faint" : "", escaped(one.name));
  }
  return html + "</div>";
}

// What the script needs to show values under the pointer.
std::string hover_data(const std::vector<Series>& series, const PlotArea& area, const std::string& x_label) {
  Json data = {{"x", x_label},
               {"range", {area.x.low, area.x.high, area.y.low, area.y.high}},
               {"box", {area.left, area.width - area.right, area.top, area.height - area.bottom}},
               {"series", Json::array()}};
  for (const Series& one : series) {
    Json points = Json::array();
    for (const Point& point : one.points) points.push_back({point.x, point.y});
    data["series"].push_back({{"name", one.name}, {"colour", one.colour.css()}, {"points", points}});
  }
  return data.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string figure(const std::string& attributes, const std::string& title, const std::string& content) {
  return fmt::format("<figure {}><figcaption>{}</figcaption>{}</figure>", attributes, escaped(title),
                     content);
}

std::string outside_note(const std::vector<double>& y, const Range& range) {
  const auto outside =
      std::count_if(y.begin(), y.end(), [&](double value) { return !range.contains(value); });
  if (outside == 0) return "";
  return fmt::format(R"(<p class="note">{} of {} points lie outside.</p>)", outside, y.size());
}

std::string clip(const std::string& content, const PlotArea& area) {
  return fmt::format(
      R"(<svg class="plot" x="{0}" y="{1}" width="{2}" height="{3}" viewBox="{0} {1} {2} {3}">{4}</svg>)",
      area.left, area.top, area.inner_width(), area.inner_height(), content);
}

// Below the bars, where there is room for all.
std::string bar_names(const ColumnChart& chart, const PlotArea& area) {
  size_t longest = 0;
  for (const Bar& bar : chart.bars) longest = std::max(longest, bar.name.size());
  const double room = area.inner_width() / area.x.size();
  if (static_cast<double>(longest + 1) * kCharacterWidth > room) return "";
  std::string names;
  for (size_t i = 0; i < chart.bars.size(); ++i) {
    names += fmt::format(R"(<text class="tick" text-anchor="middle" x="{:.1f}" y="{:.1f}">{}</text>)",
                         area.to_x(static_cast<double>(i) + 0.5), area.height - area.bottom + 18,
                         escaped(chart.bars[i].name));
  }
  return names;
}

std::string group_legend(const std::vector<std::string>& groups) {
  std::string html = R"(<div class="legend">)";
  for (size_t i = 0; i < groups.size(); ++i) {
    const GroupColour colour = {static_cast<int64_t>(i), std::ssize(groups)};
    html += fmt::format(R"(<button type="button" data-group="{}" style="--c:{}"><i></i>{}</button>)", i,
                        colour.css(), escaped(groups[i]));
  }
  return html + "</div>";
}

}  // namespace

std::string GroupColour::css() const {
  if (count <= kNamedColours) return fmt::format("var(--c{})", index % kNamedColours);
  return fmt::format("hsl({:.0f} var(--many))",
                     360 * static_cast<double>(index) / static_cast<double>(count));
}

std::string to_html(const LineChart& chart) {
  const std::vector<Series> series = shown(chart.series);
  if (series.empty()) return "";
  const auto [x, y] = columns_of(series);
  const PlotArea area = {.x = range_of(x), .y = range_of_bulk(y)};
  std::string lines;
  for (const Series& one : series) lines += polyline(one, area);
  const std::string svg =
      area.open(chart.title) + area.axes(chart.x_label, chart.y_label) + clip(lines, area) + "</svg>";
  return figure(fmt::format(R"(class="chart line-chart" data-chart="{}")",
                            escaped(hover_data(series, area, chart.x_label))),
                chart.title, legend(series) + svg + outside_note(y, area.y));
}

std::string to_html(const ColumnChart& chart) {
  double highest = 0;
  for (const Bar& bar : chart.bars) highest = std::max(highest, bar.value);
  const auto count = static_cast<double>(chart.bars.size());
  const PlotArea area = {.x = {0, std::max(count, 1.0)},
                         .y = {0, highest > 0 ? 1.05 * highest : 1},
                         .width = 560,
                         .height = 270};
  std::string bars;
  for (size_t i = 0; i < chart.bars.size(); ++i) {
    const Bar& bar = chart.bars[i];
    const double begin = area.to_x(static_cast<double>(i) + (1 - kBarShare) / 2);
    const double width = area.inner_width() / area.x.size() * kBarShare;
    const double top = area.to_y(bar.value);
    // What is hovered over is the whole column: low bars are hard to hit.
    bars += fmt::format(
        R"(<g class="bar{}" data-tip="{}: {}"><rect class="column" x="{:.2f}" width="{:.2f}" y="{:.1f}" height="{:.1f}"/><rect x="{:.2f}" width="{:.2f}" y="{:.1f}" height="{:.1f}"/></g>)",
        bar.is_faint ? " faint" : "", escaped(bar.name), readable(bar.value), begin, width, area.top,
        area.inner_height(), begin, width, top, area.height - area.bottom - top);
  }
  return figure(R"(class="chart")", chart.title,
                area.open(chart.title) + area.y_axis(chart.y_label) + bars + bar_names(chart, area) +
                    area.x_label(chart.x_label) + "</svg>");
}

std::string to_html(const ScatterChart& chart) {
  Columns columns;
  for (const ScatterPoint& point : chart.points) {
    columns.x.push_back(point.at.x);
    columns.y.push_back(point.at.y);
  }
  const PlotArea area = {.x = range_of(columns.x), .y = range_of(columns.y), .width = 560, .height = 540};
  std::string points;
  for (size_t i = 0; i < chart.points.size(); ++i) {
    const ScatterPoint& point = chart.points[i];
    const GroupColour colour = {std::max<int64_t>(point.group, 0), std::ssize(chart.groups)};
    const std::string group =
        point.group < 0 ? "" : fmt::format(" · {}", chart.groups[static_cast<size_t>(point.group)]);
    points += fmt::format(
        R"(<circle class="point" data-group="{}" data-thumbnail="{}" data-tip="{}" style="--c:{}" cx="{:.1f}" cy="{:.1f}" r="3.2"/>)",
        point.group, i, escaped(point.name + group), colour.css(), area.to_x(point.at.x),
        area.to_y(point.at.y));
  }
  const std::string thumbnails =
      chart.thumbnails.empty()
          ? ""
          : fmt::format(R"( data-thumbnails="{}" data-columns="{}" data-width="{}" data-height="{}")",
                        chart.thumbnails, chart.thumbnail_columns, chart.thumbnail_width,
                        chart.thumbnail_height);
  return figure(R"(class="chart scatter")" + thumbnails, chart.title,
                (chart.groups.empty() ? "" : group_legend(chart.groups)) + area.open(chart.title) +
                    area.axes(chart.x_label, chart.y_label) + points + "</svg>");
}

}  // namespace vae
