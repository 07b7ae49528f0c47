// How numbers are spread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vae {

/// Of those that are finite; of none of them `count` is 0 and nothing else means anything.
struct Histogram {
  double least = 0;
  double largest = 0;
  int64_t count = 0;
  double sum = 0;
  double sum_of_squares = 0;
  std::vector<double> limits = {};   // upper ends of the buckets, the first of which begins at `least`
  std::vector<int64_t> counts = {};  // of the numbers in each: above the end before it, up to its own
};

/// In 30 buckets of one width from the least to the largest number; in one where they are all the same.
Histogram histogram_of(std::span<const float> numbers);

}  // namespace vae
