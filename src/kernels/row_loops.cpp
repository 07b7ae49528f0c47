#include "kernels/row_loops.h"

#include "core/tape.h"
#include "core/target_clones.h"
#include "kernels/fused.h"

namespace vae {

VAE_TARGET_CLONES double sum_of_squares(const float* x, int64_t count) {
  return sum_in_blocks(
      count, [=](int64_t i) __attribute__((always_inline)) { return x[i] * x[i]; });
}

VAE_TARGET_CLONES void scale_row(const float* x, float factor, int64_t count, float* out) {
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) out[i] = factor * x[i];
}

Tensor scaled_rows(const Tensor& rows, const Tensor& factors) {
  const Tensor result = uninitialized(rows.sizes());
  const float *from = rows.const_data_ptr<float>(), *by = factors.const_data_ptr<float>();
  float* to = result.data_ptr<float>();
  const int64_t count = factors.numel(), columns = count == 0 ? 0 : rows.numel() / count;
  perform({&rows, &factors, &result}, [=] {
    for_each_row(count, columns,
                 [=](int64_t i) { scale_row(from + i * columns, by[i], columns, to + i * columns); });
  });
  return result;
}

VAE_TARGET_CLONES void add_scaled_rows(const SpacedRows& x, const float* factors, int64_t count, float* out) {
  const auto [first, rows, stride] = x;
  int64_t i = 0;
  for (; i + 4 <= rows; i += 4) {  // read for each time that the sum is written
    const float *a = first + i * stride, *b = a + stride, *c = b + stride, *d = c + stride;
    const float fa = factors[i], fb = factors[i + 1], fc = factors[i + 2], fd = factors[i + 3];
#pragma omp simd
    for (int64_t j = 0; j < count; ++j) out[j] += fa * a[j] + fb * b[j] + (fc * c[j] + fd * d[j]);
  }
  for (; i < rows; ++i) {
#pragma omp simd
    for (int64_t j = 0; j < count; ++j) out[j] += factors[i] * first[i * stride + j];
  }
}

}  // namespace vae
