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

/// log(x) of a normal x > 0, within 2 units in the last place.
[[gnu::always_inline]] inline float log_of(float x) {
  constexpr uint32_t kRootOfHalf = 0x3F3504F3;
  constexpr float kLn2High = 0x1.63p-1F, kLn2Low = -2.12194440e-4F;
  // x = 2^n m, 1/2 <= m^2 < 2
  const uint32_t above = std::bit_cast<uint32_t>(x) - kRootOfHalf;
  const auto n = static_cast<float>(static_cast<int32_t>(above) >> 23);
  const float f = std::bit_cast<float>((above & 0x007FFFFF) + kRootOfHalf) - 1;
  // Cephes, logf: a polynomial for log(1 + f).
  float p = 7.0376836292e-2F;
  p = p * f - 1.1514610310e-1F;
  p = p * f + 1.1676998740e-1F;
  p = p * f - 1.2420140846e-1F;
  p = p * f + 1.4249322787e-1F;
  p = p * f - 1.6668057665e-1F;
  p = p * f + 2.0000714765e-1F;
  p = p * f - 2.4999993993e-1F;
  p = p * f + 3.3333331174e-1F;
  const float q = f * f;
  return f + (p * f * q + n * kLn2Low - q / 2) + n * kLn2High;
}

/// log(1 + x) for x >= 0, within 3 units in the last place.
[[gnu::always_inline]] inline float log1p_of(float x) {
  const float sum = 1 + x;
  return log_of(sum) + (x - (sum - 1)) / sum;  // what the sum has rounded off
}

/// cos(2 pi t) for 0 <= t <= 1, within 3 units in the last place.
[[gnu::always_inline]] inline float cos_of_turns(float t) {
  constexpr float kQuarter = 1.57079632679F;
  const float quarters =
      static_cast<float>(static_cast<int32_t>(4 * t + 0.5F));  // the nearest number of them
  const float a = (4 * t - quarters) * kQuarter;               // the difference is exact
  const float q = a * a;
  // Cephes, sinf and cosf: polynomials for |a| <= pi / 4.
  float sine = -1.9515295891e-4F;
  sine = sine * q + 8.3321608736e-3F;
  sine = sine * q - 1.6666654611e-1F;
  sine = sine * q * a + a;
  float cosine = 2.443315711809948e-5F;
  cosine = cosine * q - 1.388731625493765e-3F;
  cosine = cosine * q + 4.166664568298827e-2F;
  cosine = cosine * q * q - q / 2 + 1;
  const bool is_odd = quarters == 1 || quarters == 3;
  const bool is_negative = quarters == 1 || quarters == 2;
  const float value = is_odd ? sine : cosine;
  return is_negative ? -value : value;
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
