// Code for AVX-512 in a program that runs without it, too.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#include <algorithm>
#include <cstdint>

/// Before a function that is called only where the processor has AVX-512. Undefined where no such code can be
/// compiled.
#define VAE_AVX512 __attribute__((target("avx512f")))

namespace vae {
inline constexpr int64_t kVector = 16;  // numbers in a register

/// The first `count` numbers of a register, at most all.
[[gnu::always_inline]] VAE_AVX512 inline __mmask16 first_lanes(int64_t count) {
  return static_cast<__mmask16>((1U << std::min(count, kVector)) - 1);
}
}  // namespace vae
#endif
