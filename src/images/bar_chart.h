// Bars on a logarithmic axis.
#pragma once

#include <string>
#include <vector>

#include "images/drawing.h"

namespace vae {

/// Positive numbers, a group of horizontal bars for each row. Text as draw_text knows it.
struct BarChart {
  struct Series {
    std::string name;
    Colour colour;
  };
  struct Row {
    std::string name;
    std::vector<double> values;  // one a series; what is not positive and finite gets no bar
  };
  std::string title;
  std::vector<Series> series;
  std::vector<Row> rows;
  double mark = 1;  // a line across all rows at this value
  std::string mark_name;
};

/// The axis goes from one power of ten to another, with all values and the mark between them.
Image draw(const BarChart& chart);

}  // namespace vae
