// Reading data sets in tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace vae::test {

inline std::vector<uint8_t> pixels(const Dataset& dataset, int64_t index) {
  std::vector<uint8_t> bytes(static_cast<size_t>(dataset.shape().elements()));
  dataset.get(index, bytes);
  return bytes;
}

inline std::vector<int64_t> labels(const Dataset& dataset) {
  std::vector<int64_t> all;
  for (int64_t i = 0; i < dataset.size(); ++i) all.push_back(dataset.label(i));
  return all;
}

inline std::vector<std::string> picture_names(const Dataset& dataset) {
  std::vector<std::string> all;
  for (int64_t i = 0; i < dataset.size(); ++i) all.push_back(dataset.name(i));
  return all;
}

}  // namespace vae::test
