// Code for AVX-512 in a program that runs without it, too.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#include <cstdint>

/// Before a function that is called only where the processor has AVX-512. Undefined where no such code can be
/// compiled.
#define VAE_AVX512 __attribute__((target("avx512f")))

namespace vae {
inline constexpr int64_t kVector = 16;  // numbers in a register
}
#endif
