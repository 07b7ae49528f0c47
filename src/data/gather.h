// Pictures that lie apart, side by side.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "data/dataset.h"

namespace vae {

/// Has the memory of a picture on its way before it is copied: pictures of a batch lie far apart.
inline void prefetch(std::span<const uint8_t> pixels) {
  constexpr size_t kLine = 64, kEnough = 1024;  // bytes; what follows the processor foresees
  for (size_t at = 0; at < std::min(pixels.size(), kEnough); at += kLine) __builtin_prefetch(&pixels[at]);
}

/// Copies the stored pixels of the pictures number(begin) ... number(end - 1) to `target`, one after another.
template <class Number>
void gather(const Dataset& dataset, int64_t begin, int64_t end, const Number& number, uint8_t* target) {
  constexpr int64_t kAhead = 4;
  for (int64_t i = begin; i < end; ++i) {
    if (i + kAhead < end) prefetch(dataset.stored(number(i + kAhead)));
    target = std::ranges::copy(dataset.stored(number(i)), target).out;
  }
}

}  // namespace vae
