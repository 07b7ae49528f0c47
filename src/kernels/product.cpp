#include "kernels/product.h"

#include <ATen/Functions.h>
#include <ATen/autocast_mode.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>

#include "core/tape.h"
#include "kernels/few_rows.h"
#include "kernels/fused.h"
#include "kernels/narrow.h"
#include "kernels/sparse_product.h"

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
std::function<void()> library_product(const Gemm& gemm, const Operand& a, const Operand& b, const Tensor& out,
                                      Into into) {
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
  return [=] {
    const float one = 1;
    gemm(order_b, order_a, &m, &n, &k, &one, right, &stride_b, left, &stride_a, &kept, result, &m);
  };
}

/// Null where no library can be asked.
std::function<void()> library_product(const Operand& a, const Operand& b, const Tensor& out, Into into) {
  if (!fits_int(a.matrix) || !fits_int(b.matrix)) return nullptr;
  if (a.matrix.scalar_type() == torch::kFloat)
    return sgemm_ ? library_product<float>(sgemm_, a, b, out, into) : nullptr;
  return multiplies_bfloat16() ? library_product<uint16_t>(gemm_bf16bf16f32_, a, b, out, into) : nullptr;
}

std::function<void()> few_rows_product(const Tensor& x, const Tensor& weight, const Tensor& out) {
  const float *from = words(x, float()), *factors = words(weight, float());
  float* to = out.data_ptr<float>();
  const int64_t rows = x.size(0), inputs = x.size(1), outputs = weight.size(0);
  return [=] { multiply_few_rows(from, factors, rows, inputs, outputs, to); };
}

bool is_layer(const Operand& a, const Operand& b) { return !a.is_transposed && b.is_transposed; }
bool is_derivative(const Operand& a, const Operand& b) { return a.is_transposed && !b.is_transposed; }

bool is_worth_a_look(const Operand& a, const Operand& b) {
  return (is_layer(a, b) && a.may_be_sparse && may_be_sparse(a.matrix.size(0))) ||
         (is_derivative(a, b) && b.may_be_sparse && may_be_sparse(b.matrix.size(0)));
}

/// Looks at the numbers each time, and does `dense` where they are not sparse.
std::function<void()> unless_sparse(const Operand& a, const Operand& b, const Tensor& out,
                                    std::function<void()> dense) {
  const bool is_forward = is_layer(a, b);
  const Tensor& x = is_forward ? a.matrix : b.matrix;
  const auto multiply = is_forward ? multiply_sparse : sum_sparse;
  const float *left = words(a.matrix, float()), *right = words(b.matrix, float());
  float* result = out.data_ptr<float>();
  const int64_t rows = x.size(0), inputs = x.size(1), outputs = out.size(is_forward ? 1 : 0);
  return [=, dense = std::move(dense)] {
    if (!multiply(left, right, rows, inputs, outputs, result)) dense();
  };
}

/// What computes the product from memory alone; null where nothing here does.
std::function<void()> product_in_place(const Operand& a, const Operand& b, const Tensor& out, Into into) {
  const bool is_plain = a.matrix.scalar_type() == torch::kFloat && into == Into::nothing;
  std::function<void()> dense = is_plain && is_layer(a, b) && are_few_rows(a.matrix.size(0))
                                    ? few_rows_product(a.matrix, b.matrix, out)
                                    : library_product(a, b, out, into);
  return dense && is_plain && is_worth_a_look(a, b) ? unless_sparse(a, b, out, std::move(dense)) : dense;
}

Tensor matrix(const Operand& operand) { return operand.is_transposed ? operand.matrix.t() : operand.matrix; }

}  // namespace

void multiply(const Operand& a, const Operand& b, const Tensor& out, Into into) {
  if (out.numel() == 0) return;
  if (const std::function<void()> work = product_in_place(a, b, out, into))
    return perform({&a.matrix, &b.matrix, &out}, work);
  const Tensor result = at::mm(matrix(a), matrix(b));
  into == Into::sum ? out.add_(result) : out.copy_(result);
}

Tensor product(const Operand& a, const Operand& b) {
  const Tensor c =
      uninitialized({a.matrix.size(a.is_transposed ? 1 : 0), b.matrix.size(b.is_transposed ? 0 : 1)});
  multiply(a, b, c);
  return c;
}

std::optional<torch::ScalarType> product_type() {
  if (!at::autocast::is_autocast_enabled(at::kCPU)) return torch::kFloat;
  return multiplies_bfloat16() ? std::optional(torch::kBFloat16) : std::nullopt;
}

Tensor in_type(torch::ScalarType type, const Tensor& x) { return type == torch::kBFloat16 ? narrowed(x) : x; }

bool multiplies_bfloat16() {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
  __builtin_cpu_init();
  return gemm_bf16bf16f32_ != nullptr && __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

}  // namespace vae
