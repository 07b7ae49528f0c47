// Elementary functions of float without branches, which the compiler turns into vector instructions.
#pragma once

#include <bit>
#include <cstdint>

namespace vae {

/// exp(x) for x <= 88, within 2 units in the last place; 0 below -87. NaN stays.
[[gnu::always_inline]] inline float exp_of(float x) {
  constexpr float kLowest = -87.0F;
  constexpr float kLog2E = 1.44269504F;
  constexpr float kLn2High = 0x1.63p-1F, kLn2Low = -2.12194440e-4F;  // the first times an integer is exact
  constexpr float kRounder = 0x1.8p23F;  // added, it leaves the nearest integer in the low bits
  const bool vanishes = x < kLowest;
  const float shifted = x * kLog2E + kRounder;
  const float n = shifted - kRounder;
  const float r = (x - n * kLn2High) - n * kLn2Low;
  // Moshier's Cephes, expf: a polynomial for |r| <= ln(2) / 2.
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * (r * r) + r + 1;
  const uint32_t exponent = (std::bit_cast<uint32_t>(shifted) + 127) << 23;
  return vanishes ? 0.0F : p * std::bit_cast<float>(exponent);
}

/// log(1 + x) for 0 <= x <= 1, within 3 units in the last place.
[[gnu::always_inline]] inline float log1p_of_fraction(float x) {
  // log(1 + x) = 2 artanh(s), s = x / (2 + x) <= 1/3; the ninth term of the series is below 2e-9 of the sum.
  const float s = x / (2 + x);
  const float q = s * s;
  float p = 1.0F / 15;
  p = p * q + 1.0F / 13;
  p = p * q + 1.0F / 11;
  p = p * q + 1.0F / 9;
  p = p * q + 1.0F / 7;
  p = p * q + 1.0F / 5;
  p = p * q + 1.0F / 3;
  return 2 * (s + s * q * p);
}

/// tanh(x), within 3 units in the last place. NaN stays.
[[gnu::always_inline]] inline float tanh_of(float x) {
  const float size = x < 0 ? -x : x;
  const float q = x * x;
  // Cephes, tanhf: a polynomial for |x| < 0.625, where the formula with exp would cancel.
  float p = -5.70498872745e-3F;
  p = p * q + 2.06390887954e-2F;
  p = p * q - 5.37397155531e-2F;
  p = p * q + 1.33314422036e-1F;
  p = p * q - 3.33332819422e-1F;
  const float small = x + x * q * p;
  const float e = exp_of(-2 * size);
  const float large = (1 - e) / (1 + e);
  return size < 0.625F ? small : (x < 0 ? -large : large);
}

}  // namespace vae
