#include "kernels/few_rows.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstddef>

#include "core/divide_up.h"
#include "kernels/avx512.h"
#include "kernels/own_products.h"

namespace vae {

#ifdef VAE_AVX512

namespace {

constexpr int64_t kMostRows = 32;
constexpr int64_t kBlocksPerThread = 8;  // below which a second thread costs more than it brings

// 24 sums, and what they take: nearly all of the 32 registers.
constexpr int64_t kRows = 4, kOutputs = 6;

/// out[r][c] <- sum_i x[r][i] weight[c][i]
template <int64_t Rows, int64_t Outputs>
[[gnu::always_inline]] VAE_AVX512 inline void block(const float* x, const float* weight, int64_t inputs,
                                                    int64_t stride, float* out) {
  __m512 sums[static_cast<size_t>(Rows)][static_cast<size_t>(Outputs)];  // NOLINT: registers
#pragma GCC unroll 8
  for (int64_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int64_t c = 0; c < Outputs; ++c) sums[r][c] = _mm512_setzero_ps();
  }
  for (int64_t i = 0; i < inputs; i += kVector) {
    const auto lanes = first_lanes(inputs - i);
    __m512 values[static_cast<size_t>(Rows)];  // NOLINT: registers
#pragma GCC unroll 8
    for (int64_t r = 0; r < Rows; ++r) values[r] = _mm512_maskz_loadu_ps(lanes, x + r * inputs + i);
#pragma GCC unroll 8
    for (int64_t c = 0; c < Outputs; ++c) {
      const __m512 factors = _mm512_maskz_loadu_ps(lanes, weight + c * inputs + i);
#pragma GCC unroll 8
      for (int64_t r = 0; r < Rows; ++r) sums[r][c] = _mm512_fmadd_ps(values[r], factors, sums[r][c]);
    }
  }
#pragma GCC unroll 8
  for (int64_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int64_t c = 0; c < Outputs; ++c) out[r * stride + c] = _mm512_reduce_add_ps(sums[r][c]);
  }
}

template <int64_t Outputs>
[[gnu::always_inline]] VAE_AVX512 inline void strip(const float* x, const float* weight, int64_t rows,
                                                    int64_t inputs, int64_t stride, float* out) {
  int64_t r = 0;
  for (; r + kRows <= rows; r += kRows) {
    block<kRows, Outputs>(x + r * inputs, weight, inputs, stride, out + r * stride);
  }
  for (; r < rows; ++r) block<1, Outputs>(x + r * inputs, weight, inputs, stride, out + r * stride);
}

VAE_AVX512 void multiply_outputs(const float* x, const float* weight, int64_t rows, int64_t inputs,
                                 int64_t outputs, int64_t first, int64_t last, float* out) {
  int64_t c = first;
  for (; c + kOutputs <= last; c += kOutputs) {
    strip<kOutputs>(x, weight + c * inputs, rows, inputs, outputs, out + c);
  }
  for (; c < last; ++c) strip<1>(x, weight + c * inputs, rows, inputs, outputs, out + c);
}

}  // namespace

bool are_few_rows(int64_t rows) { return rows <= kMostRows && uses_own_products(); }

void multiply_few_rows(const float* x, const float* weight, int64_t rows, int64_t inputs, int64_t outputs,
                       float* out) {
  at::parallel_for(0, divide_up(outputs, kOutputs), kBlocksPerThread, [=](int64_t begin, int64_t end) {
    multiply_outputs(x, weight, rows, inputs, outputs, begin * kOutputs, std::min(end * kOutputs, outputs),
                     out);
  });
}

#else

bool are_few_rows(int64_t) { return false; }
void multiply_few_rows(const float*, const float*, int64_t, int64_t, int64_t, float*) {}

#endif

}  // namespace vae
