// The middle of some numbers.
#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

namespace vae {

/// Of one value or more; of an even number of them the upper of the two in the middle.
template <class T>
T median(std::vector<T> values) {
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace vae
