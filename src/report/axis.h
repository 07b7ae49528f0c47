// Axes of charts: which part of the numbers is shown, and where its ticks are.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace vae {

struct Range {
  double low = 0;
  double high = 1;

  double size() const { return high - low; }
  bool contains(double value) const { return low <= value && value <= high; }
};

/// All of the finite values, with a little room around.
Range range_of(std::span<const double> values);

/// The bulk of the finite values: a few that lie far out, as the first steps of a training do, are left
/// outside, so that the rest can be told apart.
Range range_of_bulk(std::span<const double> values);

/// Multiples of 1, 2 or 5 times a power of ten inside the range, about `count` of them.
std::vector<double> ticks(const Range& range, int count);

/// A tick with as many digits as tell it from its neighbours, `step` away.
std::string tick_label(double value, double step);

}  // namespace vae
