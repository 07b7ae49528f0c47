// What fused operations have in common.
#pragma once

#include <ATen/EmptyTensor.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cstdint>

#include "core/tensor.h"

namespace vae {

/// Whether hand-written code may take all of these: float32 on the processor.
template <class... Tensors>
bool can_fuse(const Tensors&... tensors) {
  return ((tensors.device().is_cpu() && tensors.scalar_type() == torch::kFloat) && ...);
}

/// Whether autograd will ask for a derivative with respect to one of these.
template <class... Tensors>
bool needs_gradient(const Tensors&... tensors) {
  return torch::GradMode::is_enabled() && (tensors.requires_grad() || ...);
}

/// To be called first in a backward pass written by hand, which has no derivative of its own: a clear error
/// rather than a wrong zero.
inline void require_first_derivative(const char* operation) {
  TORCH_CHECK_NOT_IMPLEMENTED(!torch::GradMode::is_enabled(), operation,
                              ": the fused operation has first derivatives only; use float64 for more");
}

/// A dense float32 tensor on the processor, to be filled. torch::empty goes through the dispatcher.
inline Tensor uninitialized(torch::IntArrayRef shape) {
  return Tensor(at::detail::empty_cpu(shape, torch::kFloat));
}

/// The sum of term(i), i = 0 ... count - 1: float within blocks, which the compiler makes vectors of, double
/// over them.
template <class Term>
[[gnu::always_inline]] inline double sum_in_blocks(int64_t count, const Term& term) {
  constexpr int64_t kBlock = 512;
  double total = 0;
  for (int64_t first = 0; first < count; first += kBlock) {
    const int64_t last = std::min(first + kBlock, count);
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = first; i < last; ++i) sum += term(i);
    total += static_cast<double>(sum);
  }
  return total;
}

/// Elements below which a second thread costs more than it brings.
inline constexpr int64_t kElementsPerThread = 4096;

/// Elements of a long buffer that one thread takes at a time.
inline constexpr int64_t kPiece = 8192;

/// Calls row(i) for i = 0 ... rows - 1, rows of `columns` elements, on several threads where it pays.
template <class Row>
void for_each_row(int64_t rows, int64_t columns, const Row& row) {
  const int64_t rows_per_thread = kElementsPerThread / std::max<int64_t>(columns, 1) + 1;
  at::parallel_for(0, rows, rows_per_thread, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) row(i);
  });
}

}  // namespace vae
