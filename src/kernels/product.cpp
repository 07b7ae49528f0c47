#include "kernels/product.h"

#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>

#include <algorithm>
#include <limits>

// The library that LibTorch itself computes products with, and brings along. Null where it has none.
extern "C" [[gnu::weak]] void sgemm_(const char* transpose_a, const char* transpose_b, const int* m,
                                     const int* n, const int* k, const float* alpha, const float* a,
                                     const int* stride_a, const float* b, const int* stride_b,
                                     const float* beta, float* c, const int* stride_c);

namespace vae {
namespace {

at::Tensor matrix(const Factor& factor) {
  const at::Tensor all = at::from_blob(const_cast<float*>(factor.elements), {factor.rows, factor.columns});
  return factor.is_transposed ? all.t() : all;
}

bool fits_int(const Factor& factor) {
  return std::max(factor.rows, factor.columns) <= std::numeric_limits<int>::max();
}

}  // namespace

void multiply(const Factor& a, const Factor& b, float* c) {
  const int64_t rows = a.is_transposed ? a.columns : a.rows;
  const int64_t columns = b.is_transposed ? b.rows : b.columns;
  const int64_t terms = a.is_transposed ? a.rows : a.columns;
  if (rows == 0 || columns == 0) return;
  if (sgemm_ == nullptr || !fits_int(a) || !fits_int(b)) {
    at::Tensor out = at::from_blob(c, {rows, columns});
    at::mm_out(out, matrix(a), matrix(b));
    return;
  }
  // BLAS takes columns for rows, and so gives c^T = b^T a^T.
  const auto m = static_cast<int>(columns), n = static_cast<int>(rows), k = static_cast<int>(terms);
  const int stride_a = std::max(static_cast<int>(a.columns), 1),
            stride_b = std::max(static_cast<int>(b.columns), 1);
  const float one = 1, zero = 0;
  sgemm_(b.is_transposed ? "T" : "N", a.is_transposed ? "T" : "N", &m, &n, &k, &one, b.elements, &stride_b,
         a.elements, &stride_a, &zero, c, &m);
}

}  // namespace vae
