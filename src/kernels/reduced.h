// bfloat16 in loops that the compiler turns into vector instructions.
#pragma once

#include <c10/util/BFloat16.h>

#include <bit>
#include <cstdint>

namespace vae {

/// The value of an element in float32.
[[gnu::always_inline]] inline float widened(float x) { return x; }
[[gnu::always_inline]] inline float widened(c10::BFloat16 x) {
  return std::bit_cast<float>(static_cast<uint32_t>(x.x) << 16);
}

/// The nearest value of the element's type, of two the even one. NaN stays.
[[gnu::always_inline]] inline void store(float x, float& out) { out = x; }
[[gnu::always_inline]] inline void store(float x, c10::BFloat16& out) {
  constexpr uint32_t kHalf = 0x7FFF, kNan = 0x7FC0;
  const auto bits = std::bit_cast<uint32_t>(x);
  const uint32_t rounded = (bits + kHalf + ((bits >> 16) & 1)) >> 16;
  out.x = static_cast<uint16_t>(x == x ? rounded : kNan);
}

}  // namespace vae
