#include "kernels/bernoulli.h"

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "core/tape.h"
#include "core/target_clones.h"
#include "core/vector_math.h"
#include "kernels/fused.h"
#include "kernels/pixel_rows.h"
#include "kernels/row_loops.h"

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
template <bool kDifferentiates>
[[gnu::always_inline]] inline float sum_row(const float* x, const float* logits, int64_t count,
                                            float* derivative) {
  constexpr int64_t kFactors = 8, kLanes = 32, kTogether = kFactors * kLanes;
  double total = 0;
  int64_t first = 0;
  for (; first + kTogether <= count; first += kTogether) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t lane = 0; lane < kLanes; ++lane) {
      float excess = 0;
#pragma GCC unroll 8
      for (int64_t k = 0; k < kFactors; ++k) {
        const int64_t i = first + k * kLanes + lane;
        sum +=
            linear_part<kDifferentiates>(x[i], logits[i], excess, kDifferentiates ? derivative + i : nullptr);
      }
      sum -= log1p_of(excess);
    }
    total += static_cast<double>(sum);
  }
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = first; i < count; ++i) {
    float excess = 0;
    sum += linear_part<kDifferentiates>(x[i], logits[i], excess, kDifferentiates ? derivative + i : nullptr);
    sum -= log1p_of(excess);
  }
  return static_cast<float>(total + static_cast<double>(sum));
}

VAE_TARGET_CLONES float row_log_prob(const float* x, const float* logits, int64_t count) {
  return sum_row<false>(x, logits, count, nullptr);
}

VAE_TARGET_CLONES float row_log_prob_with_derivative(const float* x, const float* logits, int64_t count,
                                                     float* derivative) {
  return sum_row<true>(x, logits, count, derivative);
}

/// [..., N]; the derivatives with respect to the logits go to `derivative`, where it is defined.
Tensor log_prob(const PixelRows& pixels, const Tensor& derivative) {
  Tensor result = torch::empty(pixels.leading_shape(), pixels.outputs.options());
  const float* x = pixels.x.const_data_ptr<float>();
  const float* logits = pixels.outputs.const_data_ptr<float>();
  float* out = result.data_ptr<float>();
  float* slopes = derivative.defined() ? derivative.data_ptr<float>() : nullptr;
  const int64_t columns = pixels.columns(), pictures = pixels.pictures(), rows = pixels.rows();
  perform({&pixels.x, &pixels.outputs, &derivative, &result}, [=] {
    for_each_row(rows, columns, [=](int64_t i) {
      const float* picture = x + i % pictures * columns;
      const float* row = logits + i * columns;
      out[i] = slopes ? row_log_prob_with_derivative(picture, row, columns, slopes + i * columns)
                      : row_log_prob(picture, row, columns);
    });
  });
  return result;
}

class BernoulliLogProb : public torch::autograd::Function<BernoulliLogProb> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, const Tensor& logits) {
    const PixelRows pixels = pixel_rows(x, logits);
    const Tensor derivative = torch::empty_like(pixels.outputs);
    const Tensor result = log_prob(pixels, derivative);
    context->save_for_backward({derivative});
    context->saved_data["channels_last"] = pixels.channels_last;
    return result;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    require_first_derivative("bernoulli_log_prob");
    const Tensor derivative = context->get_saved_variables()[0];
    const Tensor gradient = gradients[0].contiguous();
    Tensor result = torch::empty_like(derivative);
    const float* slopes = derivative.const_data_ptr<float>();
    const float* factors = gradient.const_data_ptr<float>();
    float* out = result.data_ptr<float>();
    const int64_t rows = gradient.numel(), columns = rows == 0 ? 0 : derivative.numel() / rows;
    perform({&derivative, &gradient, &result}, [=] {
      for_each_row(rows, columns, [=](int64_t i) {
        scale_row(slopes + i * columns, factors[i], columns, out + i * columns);
      });
    });
    const bool channels_last = context->saved_data["channels_last"].toBool();
    return {Tensor(), channels_last ? result.movedim(-1, -3) : result};
  }
};

}  // namespace

namespace reference {

// x log s(l) + (1 - x) log(1 - s(l)) = x l + log s(-l), which overflows nowhere.
Tensor bernoulli_log_prob(const Tensor& x, const Tensor& logits) {
  return (x * logits + torch::log_sigmoid(-logits)).sum({-3, -2, -1});
}

}  // namespace reference

Tensor bernoulli_log_prob(const Tensor& x, const Tensor& logits) {
  if (!can_fuse(x, logits) || !are_rows(x, logits) || needs_gradient(x))
    return reference::bernoulli_log_prob(x, logits);
  if (!needs_gradient(logits)) return log_prob(pixel_rows(x, logits), {});
  return BernoulliLogProb::apply(x, logits);
}

}  // namespace vae
