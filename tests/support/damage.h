// What may happen to a file between its writer and us.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <random>
#include <vector>

#include "core/error.h"
#include "images/decode.h"

namespace vae::test {

/// Every proper prefix must be refused, or give all of the picture.
inline void expect_prefixes_refused_or_exact(const std::vector<std::byte>& file) {
  const DecodeOptions options;
  const Image whole = decode(file, "whole", options);
  for (size_t size = 0; size < file.size(); ++size) {
    // A copy of exactly this size, so that the address sanitizer sees a read behind the end.
    const std::vector<std::byte> prefix(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    try {
      EXPECT_EQ(decode(prefix, "prefix", options), whole) << size << " of " << file.size() << " bytes";
    } catch (const DataError&) {
    }
  }
}

/// Decodes `file` with one to four random bytes changed, `count` times: a picture or a DataError. How many
/// were refused.
inline int count_refused_flips(const std::vector<std::byte>& file, int count) {
  std::mt19937 words(7);
  int refused = 0;
  for (int i = 0; i < count; ++i) {
    std::vector<std::byte> damaged = file;
    for (uint32_t flips = 1 + words() % 4; flips > 0; --flips) {
      damaged[words() % damaged.size()] ^= static_cast<std::byte>(1 + words() % 255);
    }
    try {
      decode(damaged, "damaged", DecodeOptions{.channels = i % 2 == 0 ? 1 : 3});
    } catch (const DataError&) {
      ++refused;
    }
  }
  return refused;
}

}  // namespace vae::test
