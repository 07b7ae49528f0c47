// The frame of a chart: its axes, and where a number lies on the paper.
#pragma once

#include <string>

#include "report/axis.h"

namespace vae {

struct PlotArea {
  Range x, y;
  double width = 440, height = 280;
  double left = 62, right = 10, top = 12, bottom = 44;

  double to_x(double value) const;
  double to_y(double value) const;
  double inner_width() const { return width - left - right; }
  double inner_height() const { return height - top - bottom; }

  /// <svg ...> with a description for those who can't see it.
  std::string open(const std::string& description) const;

  /// Lines across at the ticks of y, ticks of y and, unless it is empty, of x; both labels.
  std::string axes(const std::string& x_label, const std::string& y_label) const;
  std::string y_axis(const std::string& label) const;
  std::string x_label(const std::string& label) const;
};

}  // namespace vae
