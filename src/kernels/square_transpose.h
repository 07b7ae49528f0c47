// Squares of 16 by 16 numbers, transposed in the registers of AVX-512.
#pragma once

#include "kernels/avx512.h"

#ifdef VAE_AVX512

namespace vae {

/// to[i][j] <- from[j][i] for j < rows <= 16 and i < columns <= 16; to[i][j] <- 0 for rows <= j < 16.
/// Distances between rows are in elements.
[[gnu::always_inline]] VAE_AVX512 inline void transpose_square(const float* from, int64_t from_by_row,
                                                               int64_t rows, int64_t columns, float* to,
                                                               int64_t to_by_row) {
  constexpr int64_t kPairs = kVector / 2, kQuads = kVector / 4;
  const __mmask16 lanes = first_lanes(columns);
  __m512 a[kVector], b[kVector];  // NOLINT: registers
#pragma GCC unroll 16
  for (int64_t i = 0; i < kVector; ++i) {
    a[i] = i < rows ? _mm512_maskz_loadu_ps(lanes, from + i * from_by_row) : _mm512_setzero_ps();
  }
  // Squares of 2, of 4, of 8 and of 16 change places.
#pragma GCC unroll 8
  for (int64_t i = 0; i < kPairs; ++i) {
    b[2 * i] = _mm512_unpacklo_ps(a[2 * i], a[2 * i + 1]);
    b[2 * i + 1] = _mm512_unpackhi_ps(a[2 * i], a[2 * i + 1]);
  }
#pragma GCC unroll 4
  for (int64_t i = 0; i < kQuads; ++i) {
#pragma GCC unroll 2
    for (int64_t j = 0; j < 2; ++j) {
      const __m512d low = _mm512_castps_pd(b[4 * i + j]), high = _mm512_castps_pd(b[4 * i + j + 2]);
      a[4 * i + 2 * j] = _mm512_castpd_ps(_mm512_unpacklo_pd(low, high));
      a[4 * i + 2 * j + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low, high));
    }
  }
  constexpr int kEven = 0x88, kOdd = 0xdd;  // quarters of two registers
#pragma GCC unroll 4
  for (int64_t i = 0; i < kQuads; ++i) {
    b[i] = _mm512_shuffle_f32x4(a[i], a[4 + i], kEven);
    b[4 + i] = _mm512_shuffle_f32x4(a[i], a[4 + i], kOdd);
    b[8 + i] = _mm512_shuffle_f32x4(a[8 + i], a[12 + i], kEven);
    b[12 + i] = _mm512_shuffle_f32x4(a[8 + i], a[12 + i], kOdd);
  }
#pragma GCC unroll 8
  for (int64_t i = 0; i < kPairs; ++i) {
    a[i] = _mm512_shuffle_f32x4(b[i], b[8 + i], kEven);
    a[8 + i] = _mm512_shuffle_f32x4(b[i], b[8 + i], kOdd);
  }
#pragma GCC unroll 16
  for (int64_t i = 0; i < kVector; ++i)
    if (i < columns) _mm512_storeu_ps(to + i * to_by_row, a[i]);
}

}  // namespace vae

#endif
