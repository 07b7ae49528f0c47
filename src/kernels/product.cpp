#include "kernels/product.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/tape.h"
#include "kernels/few_rows.h"

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

bool fits_int(const Tensor& matrix) {
  return std::max(matrix.size(0), matrix.size(1)) <= std::numeric_limits<int>::max();
}

const float* words(const Tensor& matrix, float) { return matrix.const_data_ptr<float>(); }
const uint16_t* words(const Tensor& matrix, uint16_t) { return &matrix.const_data_ptr<c10::BFloat16>()->x; }

/// BLAS takes columns for rows, and so gives out^T = b^T a^T.
template <class Word, class Gemm>
void call(const Gemm& gemm, const Operand& a, const Operand& b, const Tensor& out, Into into) {
  const auto stride = [](const Operand& operand) {
    return std::max(static_cast<int>(operand.matrix.size(1)), 1);
  };
  const auto m = static_cast<int>(out.size(1)), n = static_cast<int>(out.size(0));
  const auto k = static_cast<int>(a.matrix.size(a.is_transposed ? 0 : 1));
  const int stride_a = stride(a), stride_b = stride(b);
  const char *order_a = a.is_transposed ? "T" : "N", *order_b = b.is_transposed ? "T" : "N";
  const float kept = into == Into::sum ? 1 : 0;
  const auto *left = words(a.matrix, Word()), *right = words(b.matrix, Word());
  float* result = out.data_ptr<float>();
  perform({&a.matrix, &b.matrix, &out}, [=] {
    const float one = 1;
    gemm(order_b, order_a, &m, &n, &k, &one, right, &stride_b, left, &stride_a, &kept, result, &m);
  });
}

void call_few_rows(const Tensor& x, const Tensor& weight, const Tensor& out) {
  const float *from = words(x, float()), *factors = words(weight, float());
  float* to = out.data_ptr<float>();
  const int64_t rows = x.size(0), inputs = x.size(1), outputs = weight.size(0);
  perform({&x, &weight, &out}, [=] { multiply_few_rows(from, factors, rows, inputs, outputs, to); });
}

Tensor matrix(const Operand& operand) { return operand.is_transposed ? operand.matrix.t() : operand.matrix; }

}  // namespace

void multiply(const Operand& a, const Operand& b, const Tensor& out, Into into) {
  if (out.numel() == 0) return;
  const bool is_float = a.matrix.scalar_type() == torch::kFloat;
  const bool is_layer = is_float && !a.is_transposed && b.is_transposed && into == Into::nothing;
  if (is_layer && are_few_rows(a.matrix.size(0))) return call_few_rows(a.matrix, b.matrix, out);
  const bool knows = is_float ? sgemm_ != nullptr : multiplies_bfloat16();
  if (knows && fits_int(a.matrix) && fits_int(b.matrix)) {
    return is_float ? call<float>(sgemm_, a, b, out, into)
                    : call<uint16_t>(gemm_bf16bf16f32_, a, b, out, into);
  }
  const Tensor product = at::mm(matrix(a), matrix(b));
  into == Into::sum ? out.add_(product) : out.copy_(product);
}

bool multiplies_bfloat16() {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
  __builtin_cpu_init();
  return gemm_bf16bf16f32_ != nullptr && __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

}  // namespace vae
