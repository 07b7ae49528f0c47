// Charts as SVG inside HTML figures: readable without the page's script, which adds values under the pointer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vae {

struct Point {
  double x = 0;
  double y = 0;
};

/// Which of the page's colours a mark has: one of `count` that are as far apart as they can be.
struct GroupColour {
  int64_t index = 0;
  int64_t count = 1;

  std::string css() const;
};

struct Series {
  std::string name;
  GroupColour colour;
  bool is_faint = false;  // behind the others
  std::vector<Point> points;
};

struct LineChart {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<Series> series;
};

/// Series without a finite point are left out; empty where none is left.
std::string to_html(const LineChart& chart);

struct Bar {
  std::string name;
  double value = 0;  // not negative
  bool is_faint = false;
};

struct ColumnChart {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<Bar> bars;
};

std::string to_html(const ColumnChart& chart);

struct ScatterPoint {
  Point at;
  int64_t group = -1;  // -1: of none
  std::string name;
};

struct ScatterChart {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<ScatterPoint> points;
  std::vector<std::string> groups;
  std::string thumbnails;  // a data URI of small pictures, one a point, in rows; may be empty
  int64_t thumbnail_columns = 1;
  int64_t thumbnail_width = 0;  // in pixels
  int64_t thumbnail_height = 0;
};

std::string to_html(const ScatterChart& chart);

}  // namespace vae
