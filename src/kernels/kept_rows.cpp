#include "kernels/kept_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/target_clones.h"
#include "kernels/fused.h"

namespace vae {
namespace {

constexpr double kNegligible = 0x1p-28;
constexpr int64_t kFewestRows = 128;
constexpr int kExponents = 512;  // more than float has

VAE_TARGET_CLONES float size_of(const float* x, int64_t count) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < count; ++i) sum += std::abs(x[i]);
  return sum;
}

/// The size from which on rows count, a power of two.
float least_that_counts(const std::vector<float>& sizes) {
  std::array<double, kExponents> sums = {};
  for (const float size : sizes)
    if (size > 0) sums[static_cast<size_t>(std::ilogb(size) + kExponents / 2)] += static_cast<double>(size);
  const double negligible = kNegligible * std::accumulate(sums.begin(), sums.end(), 0.0);
  int exponent = 0;
  for (double below = 0; exponent + 1 < kExponents; ++exponent) {
    below += sums[static_cast<size_t>(exponent)];
    if (below > negligible) break;
  }
  return std::ldexp(1.0F, exponent - kExponents / 2);
}

}  // namespace

std::optional<Tensor> rows_that_count(const Tensor& gradient) {
  const int64_t rows = gradient.size(0), columns = gradient.dim() == 1 ? 1 : gradient.size(1);
  const float* x = gradient.const_data_ptr<float>();
  std::vector<float> sizes(static_cast<size_t>(rows));
  for_each_row(rows, columns,
               [&](int64_t i) { sizes[static_cast<size_t>(i)] = size_of(x + i * columns, columns); });
  if (!std::isfinite(std::accumulate(sizes.begin(), sizes.end(), 0.0))) return std::nullopt;
  const float least = least_that_counts(sizes);
  std::vector<int64_t> places;
  for (int64_t i = 0; i < rows; ++i) {
    if (sizes[static_cast<size_t>(i)] >= least) places.push_back(i);
  }
  if (4 * std::ssize(places) > 3 * rows) return std::nullopt;
  return torch::tensor(places, torch::kLong);
}

Tensor rows_at(const Tensor& places, const Tensor& rows) { return rows.index_select(0, places); }

Tensor rows_among_zeros(const Tensor& places, const Tensor& rows, int64_t count) {
  return torch::zeros({count, rows.size(1)}, rows.options()).index_copy_(0, places, rows);
}

bool are_samples(const Tensor& x) {
  return x.dim() > 2 && x.size(0) > 1 && x.numel() >= kFewestRows * x.size(-1);
}

}  // namespace vae
