#include "kernels/row_loops.h"

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

}  // namespace vae
