// Products with matrices most of whose numbers are 0, as those of drawn digits are.
#pragma once

#include <cstdint>

namespace vae {

/// Whether the two functions below have a chance: where products of our own are used, from 16 rows on.
bool may_be_sparse(int64_t rows);

/// out <- x weight^T: x [rows, inputs], weight [outputs, inputs], out [rows, outputs], all dense. False, and
/// nothing done, unless more than three quarters of x's numbers are 0. A number of `weight` that only meets
/// zeros is not looked at, even where it is not finite. The number of threads changes no bit.
bool multiply_sparse(const float* x, const float* weight, int64_t rows, int64_t inputs, int64_t outputs,
                     float* out);

/// out <- gradient^T x, the derivative by the weight: gradient [rows, outputs], out [outputs, inputs]. The
/// same holds.
bool sum_sparse(const float* gradient, const float* x, int64_t rows, int64_t inputs, int64_t outputs,
                float* out);

}  // namespace vae
