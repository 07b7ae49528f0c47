// Loops over rows of float32 that several kernels take.
#pragma once

#include <cstdint>

#include "core/tensor.h"

namespace vae {

/// float in blocks of 512, double over them.
double sum_of_squares(const float* x, int64_t count);

/// out <- factor x
void scale_row(const float* x, float factor, int64_t count, float* out);

/// Row i times factors[i], in new memory: as many rows as factors, dense float32, of any shape in which they
/// lie one behind the other.
Tensor scaled_rows(const Tensor& rows, const Tensor& factors);

/// Rows that begin `stride` elements apart.
struct SpacedRows {
  const float* first;
  int64_t rows, stride;
};

/// out <- out + the sum over rows i of factors[i] times the first `count` numbers of row i.
void add_scaled_rows(const SpacedRows& x, const float* factors, int64_t count, float* out);

}  // namespace vae
