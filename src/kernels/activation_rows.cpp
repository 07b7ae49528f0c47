#include "kernels/activation_rows.h"

#include "core/divide_up.h"
#include "core/tape.h"
#include "core/target_clones.h"
#include "core/vector_math.h"
#include "kernels/fused.h"
#include "kernels/reduced.h"

namespace vae {
namespace {

constexpr float kLeak = 0.01F;                  // of leaky_relu, as LibTorch's default
constexpr int64_t kElementsTogether = 1 << 15;  // whose rows one sum for the bias takes
constexpr int64_t kFewestRows = 16;             // of these
constexpr int64_t kChannelsTogether = 2048;     // that one thread takes at most
constexpr int64_t kFewestChannels = 32;

// Each activation with its derivative as a function of its value.
struct Identity {
  static float value(float x) { return x; }
};
struct Relu {
  static float value(float x) { return x < 0 ? 0 : x; }
  static float slope(float y) { return y > 0 ? 1.0F : 0.0F; }
};
struct LeakyRelu {
  static float value(float x) { return x > 0 ? x : kLeak * x; }
  static float slope(float y) { return y > 0 ? 1.0F : kLeak; }
};
struct Tanh {
  [[gnu::always_inline]] static float value(float x) { return tanh_of(x); }
  static float slope(float y) { return 1 - y * y; }
};

/// row <- activation(row + bias)
template <class A>
[[gnu::always_inline]] inline void activate_row(const float* bias, int64_t count, float* row) {
#pragma omp simd
  for (int64_t j = 0; j < count; ++j) row[j] = A::value(row[j] + bias[j]);
}

VAE_TARGET_CLONES void activate_row(FusedActivation activation, const float* bias, int64_t count,
                                    float* row) {
  switch (activation) {
    case FusedActivation::relu:
      return activate_row<Relu>(bias, count, row);
    case FusedActivation::leaky_relu:
      return activate_row<LeakyRelu>(bias, count, row);
    case FusedActivation::tanh:
      return activate_row<Tanh>(bias, count, row);
    default:
      return activate_row<Identity>(bias, count, row);
  }
}

/// Some rows of a matrix, and some neighbouring channels of these.
struct Block {
  int64_t rows, channels;
  int64_t stride;  // from row to row
};

/// sum <- sum + the rows, of which four are read for each time that the sum is written.
template <class T>
[[gnu::always_inline]] inline void sum_block(const T* gradient, const Block& block, float* sum) {
  const auto [rows, channels, n] = block;
  int64_t i = 0;
  for (; i + 4 <= rows; i += 4, gradient += 4 * n) {
#pragma omp simd
    for (int64_t j = 0; j < channels; ++j) {
      sum[j] = sum[j] + widened(gradient[j]) + widened(gradient[j + n]) + widened(gradient[j + 2 * n]) +
               widened(gradient[j + 3 * n]);
    }
  }
  for (; i < rows; ++i, gradient += n) {
#pragma omp simd
    for (int64_t j = 0; j < channels; ++j) sum[j] += widened(gradient[j]);
  }
}

/// out <- gradient activation'(y), sum <- sum + out; the identity, whose out is the gradient, writes only
/// sum.
template <class A, class T>
[[gnu::always_inline]] inline void differentiate_block(const T* y, const T* gradient, const Block& block,
                                                       T* out, float* sum) {
  for (int64_t i = 0; i < block.rows; ++i) {
    const int64_t row = i * block.stride;
#pragma omp simd
    for (int64_t j = 0; j < block.channels; ++j) {
      const float slope = A::slope(widened(y[row + j]));
      const float product = widened(gradient[row + j]) * slope;
      store(product, out[row + j]);
      sum[j] += product;
    }
  }
}

template <class T>
[[gnu::always_inline]] inline void differentiate_any(FusedActivation activation, const T* y,
                                                     const T* gradient, const Block& block, T* out,
                                                     float* sum) {
  switch (activation) {
    case FusedActivation::relu:
      return differentiate_block<Relu>(y, gradient, block, out, sum);
    case FusedActivation::leaky_relu:
      return differentiate_block<LeakyRelu>(y, gradient, block, out, sum);
    case FusedActivation::tanh:
      return differentiate_block<Tanh>(y, gradient, block, out, sum);
    default:
      return sum_block(gradient, block, sum);
  }
}

VAE_TARGET_CLONES void differentiate(FusedActivation activation, const float* y, const float* gradient,
                                     const Block& block, float* out, float* sum) {
  differentiate_any(activation, y, gradient, block, out, sum);
}

VAE_TARGET_CLONES void differentiate(FusedActivation activation, const c10::BFloat16* y,
                                     const c10::BFloat16* gradient, const Block& block, c10::BFloat16* out,
                                     float* sum) {
  differentiate_any(activation, y, gradient, block, out, sum);
}

VAE_TARGET_CLONES void sum_rows(const float* rows, const Block& block, float* sum) {
  sum_block(rows, block, sum);
}

/// How many rows to read as one, so that a loop over channels is worth its beginning.
int64_t rows_in_one(int64_t rows, int64_t channels) {
  int64_t together = 1;
  while (rows > 0 && channels * together < kFewestChannels && rows % (2 * together) == 0) together *= 2;
  return together;
}

template <class T>
RowGradients differentiate_all(FusedActivation activation, const Tensor& y, const Tensor& gradient) {
  const int64_t rows = y.size(0), channels = y.size(1);
  const int64_t together = std::max(kElementsTogether / std::max<int64_t>(channels, 1), kFewestRows);
  const int64_t blocks = divide_up(rows, together);
  const EvenParts strips(channels, kChannelsTogether);
  const Tensor bias = uninitialized({channels});
  const Tensor sums = blocks > 1 ? uninitialized({blocks, channels}) : bias;
  const Tensor before = activation == FusedActivation::identity ? gradient : torch::empty_like(y);
  const T* values = y.const_data_ptr<T>();
  const T* arriving = gradient.const_data_ptr<T>();
  T* out = before.mutable_data_ptr<T>();
  float *sum_of_block = sums.data_ptr<float>(), *sum = bias.data_ptr<float>();
  perform({&y, &gradient, &before, &sums, &bias}, [=] {
    for_each_row(blocks * strips.count(), together * std::min(channels, kChannelsTogether), [=](int64_t i) {
      const int64_t first_row = i / strips.count() * together, strip = i % strips.count();
      const int64_t at = first_row * channels + strips.begin(strip);
      const Block block = {
          .rows = std::min(together, rows - first_row), .channels = strips.size(strip), .stride = channels};
      float* here = sum_of_block + i / strips.count() * channels + strips.begin(strip);
      std::fill_n(here, block.channels, 0.0F);
      differentiate(activation, values + at, arriving + at, block, out + at, here);
    });
    if (blocks == 1) return;
    std::fill_n(sum, channels, 0.0F);
    sum_rows(sum_of_block, {blocks, channels, channels}, sum);
  });
  return {.before_activation = before, .bias = bias};
}

}  // namespace

void activate_rows(FusedActivation activation, const Tensor& bias, const Tensor& rows) {
  const int64_t channels = rows.size(1);
  const float* offsets = bias.const_data_ptr<float>();
  float* out = rows.data_ptr<float>();
  const int64_t count = rows.size(0);
  perform({&bias, &rows}, [=] {
    for_each_row(count, channels,
                 [=](int64_t i) { activate_row(activation, offsets, channels, out + i * channels); });
  });
}

void activate_rows(FusedActivation activation, const float* bias, int64_t channels, float* rows,
                   int64_t count) {
  for (int64_t i = 0; i < count; ++i) activate_row(activation, bias, channels, rows + i * channels);
}

RowGradients differentiate_rows(FusedActivation activation, const Tensor& y, const Tensor& gradient) {
  const int64_t channels = y.size(1), together = rows_in_one(y.size(0), channels);
  const auto differentiate = [activation](const Tensor& values, const Tensor& arriving) {
    return values.scalar_type() == torch::kFloat
               ? differentiate_all<float>(activation, values, arriving)
               : differentiate_all<c10::BFloat16>(activation, values, arriving);
  };
  if (together == 1) return differentiate(y, gradient);
  RowGradients result =
      differentiate(y.view({-1, channels * together}), gradient.view({-1, channels * together}));
  result.before_activation = result.before_activation.view(y.sizes());
  result.bias = result.bias.view({together, channels}).sum(0);
  return result;
}

namespace reference {

Tensor activate(FusedActivation activation, const Tensor& x) {
  switch (activation) {
    case FusedActivation::relu:
      return torch::relu(x);
    case FusedActivation::leaky_relu:
      return torch::leaky_relu(x);
    case FusedActivation::tanh:
      return torch::tanh(x);
    case FusedActivation::identity:
      return x;
  }
  return x;
}

}  // namespace reference

}  // namespace vae
