#include "kernels/bernoulli_row.h"

#include "core/target_clones.h"
#include "core/vector_math.h"

namespace vae {
namespace {

/// x l - max(l, 0). `excess` + 1 is multiplied by 1 + exp(-|l|).
template <bool kDifferentiates>
[[gnu::always_inline]] inline float linear_part(float x, float l, float& excess, float* derivative) {
  const float e = exp_of(l < 0 ? l : -l);
  if constexpr (kDifferentiates) {
    const float larger = 1 / (1 + e), smaller = e * larger;  // s(|l|), s(-|l|)
    *derivative = x * (l < 0 ? larger : smaller) - (1 - x) * (l < 0 ? smaller : larger);
  }
  excess = excess * e + (excess + e);
  return x * l - (l > 0 ? l : 0.0F);
}

// x log s(l) + (1 - x) log(1 - s(l)) = x l - max(l, 0) - log(1 + exp(-|l|)), whose derivative
// x - s(l) = x s(-l) - (1 - x) s(l) does not cancel where x is 0 or 1. The logarithms of eight pixels are one
// of their product, of which 1 is left away: where all are near it, nothing is rounded off.
template <bool kHasBias, bool kDifferentiates>
[[gnu::always_inline]] inline float sum_row(const BernoulliRow& row, float* derivative) {
  constexpr int64_t kFactors = 8, kLanes = 32, kTogether = kFactors * kLanes;
  const auto [x, logits, bias, count] = row;
  const auto part = [=](int64_t i, float& excess) __attribute__((always_inline)) {
    const float logit = kHasBias ? logits[i] + bias[i] : logits[i];
    return linear_part<kDifferentiates>(x[i], logit, excess, kDifferentiates ? derivative + i : nullptr);
  };
  double total = 0;
  int64_t first = 0;
  for (; first + kTogether <= count; first += kTogether) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t lane = 0; lane < kLanes; ++lane) {
      float excess = 0;
#pragma GCC unroll 8
      for (int64_t k = 0; k < kFactors; ++k) sum += part(first + k * kLanes + lane, excess);
      sum -= log1p_of(excess);
    }
    total += static_cast<double>(sum);
  }
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = first; i < count; ++i) {
    float excess = 0;
    sum += part(i, excess);
    sum -= log1p_of(excess);
  }
  return static_cast<float>(total + static_cast<double>(sum));
}

VAE_TARGET_CLONES float plain(const BernoulliRow& row) { return sum_row<false, false>(row, nullptr); }
VAE_TARGET_CLONES float plain(const BernoulliRow& row, float* derivative) {
  return sum_row<false, true>(row, derivative);
}
VAE_TARGET_CLONES float with_bias(const BernoulliRow& row) { return sum_row<true, false>(row, nullptr); }
VAE_TARGET_CLONES float with_bias(const BernoulliRow& row, float* derivative) {
  return sum_row<true, true>(row, derivative);
}

}  // namespace

float log_prob_of(const BernoulliRow& row, float* derivative) {
  if (row.bias) return derivative ? with_bias(row, derivative) : with_bias(row);
  return derivative ? plain(row, derivative) : plain(row);
}

}  // namespace vae
