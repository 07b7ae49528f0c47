// Pictures that lie apart, side by side.
#pragma once

#include <algorithm>
#include <cstdint>

#include "data/dataset.h"

namespace vae {

/// Copies the stored pixels of the pictures number(0) ... number(count - 1) to `target`, one after another.
template <class Number>
void gather(const Dataset& dataset, int64_t count, const Number& number, uint8_t* target) {
  for (int64_t i = 0; i < count; ++i) {
    target = std::ranges::copy(dataset.stored(number(i)), target).out;
  }
}

}  // namespace vae
