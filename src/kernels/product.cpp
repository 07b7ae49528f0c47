#include "kernels/product.h"

#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <limits>

// The library that LibTorch itself computes products with, and brings along. Null where it has none. MKL
// takes bfloat16 as bare words.
extern "C" {
[[gnu::weak]] void sgemm_(const char* transpose_a, const char* transpose_b, const int* m, const int* n,
                          const int* k, const float* alpha, const float* a, const int* stride_a,
                          const float* b, const int* stride_b, const float* beta, float* c,
                          const int* stride_c);
[[gnu::weak]] void gemm_bf16bf16f32_(const char* transpose_a, const char* transpose_b, const int* m,
                                     const int* n, const int* k, const float* alpha, const uint16_t* a,
                                     const int* stride_a, const uint16_t* b, const int* stride_b,
                                     const float* beta, float* c, const int* stride_c);
}

namespace vae {
namespace {

struct Extents {
  int64_t rows, columns, terms;
};

template <class Element>
Extents extents(const Factor<Element>& a, const Factor<Element>& b) {
  return {.rows = a.is_transposed ? a.columns : a.rows,
          .columns = b.is_transposed ? b.rows : b.columns,
          .terms = a.is_transposed ? a.rows : a.columns};
}

template <class Element>
bool fits_int(const Factor<Element>& factor) {
  return std::max(factor.rows, factor.columns) <= std::numeric_limits<int>::max();
}

const float* words(const float* elements) { return elements; }
const uint16_t* words(const c10::BFloat16* elements) { return &elements->x; }

/// BLAS takes columns for rows, and so gives c^T = b^T a^T.
template <class Element, class Gemm>
void call(const Gemm& gemm, const Factor<Element>& a, const Factor<Element>& b, const Extents& of, float* c) {
  const auto m = static_cast<int>(of.columns), n = static_cast<int>(of.rows), k = static_cast<int>(of.terms);
  const auto stride = [](const Factor<Element>& factor) {
    return std::max(static_cast<int>(factor.columns), 1);
  };
  const int stride_a = stride(a), stride_b = stride(b);
  const float one = 1, zero = 0;
  gemm(b.is_transposed ? "T" : "N", a.is_transposed ? "T" : "N", &m, &n, &k, &one, words(b.elements),
       &stride_b, words(a.elements), &stride_a, &zero, c, &m);
}

at::Tensor matrix(const Factor<float>& factor) {
  const at::Tensor all = at::from_blob(const_cast<float*>(factor.elements), {factor.rows, factor.columns});
  return factor.is_transposed ? all.t() : all;
}

}  // namespace

void multiply(const Factor<float>& a, const Factor<float>& b, float* c) {
  const Extents of = extents(a, b);
  if (of.rows == 0 || of.columns == 0) return;
  if (sgemm_ != nullptr && fits_int(a) && fits_int(b)) return call(sgemm_, a, b, of, c);
  at::Tensor out = at::from_blob(c, {of.rows, of.columns});
  at::mm_out(out, matrix(a), matrix(b));
}

bool multiplies_bfloat16() {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
  __builtin_cpu_init();
  return gemm_bf16bf16f32_ != nullptr && __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

void multiply(const Factor<c10::BFloat16>& a, const Factor<c10::BFloat16>& b, float* c) {
  const Extents of = extents(a, b);
  if (of.rows == 0 || of.columns == 0) return;
  TORCH_CHECK(fits_int(a) && fits_int(b),
              "a product of bfloat16 matrices has more than 2^31 rows or columns");
  call(gemm_bf16bf16f32_, a, b, of, c);
}

}  // namespace vae
