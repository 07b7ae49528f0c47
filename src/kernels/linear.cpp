#include "kernels/linear.h"

#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "core/target_clones.h"
#include "kernels/fused.h"
#include "kernels/vector_math.h"

namespace vae {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr float kLeak = 0.01F;  // of leaky_relu, as LibTorch's default

// Each activation with its derivative as a function of its value.
struct Identity {
  static float value(float x) { return x; }
  static float slope(float) { return 1; }
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

/// out <- gradient activation'(y), sum <- sum + out
template <class A>
[[gnu::always_inline]] inline void differentiate_row(const float* y, const float* gradient, int64_t count,
                                                     float* out, float* sum) {
#pragma omp simd
  for (int64_t j = 0; j < count; ++j) {
    out[j] = gradient[j] * A::slope(y[j]);
    sum[j] += out[j];
  }
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

VAE_TARGET_CLONES void differentiate_row(FusedActivation activation, const float* y, const float* gradient,
                                         int64_t count, float* out, float* sum) {
  switch (activation) {
    case FusedActivation::relu:
      return differentiate_row<Relu>(y, gradient, count, out, sum);
    case FusedActivation::leaky_relu:
      return differentiate_row<LeakyRelu>(y, gradient, count, out, sum);
    case FusedActivation::tanh:
      return differentiate_row<Tanh>(y, gradient, count, out, sum);
    default:
      return differentiate_row<Identity>(y, gradient, count, out, sum);
  }
}

/// x [rows, inputs] to [rows, outputs].
Tensor forward_rows(const Tensor& x, const Tensor& weight, const Tensor& bias, FusedActivation activation) {
  Tensor y = at::mm(x, weight.t());
  const int64_t columns = y.size(1);
  const float* offsets = bias.const_data_ptr<float>();
  float* out = y.data_ptr<float>();
  for_each_row(y.size(0), columns,
               [=](int64_t i) { activate_row(activation, offsets, columns, out + i * columns); });
  return y;
}

struct OutputGradients {
  Tensor before_activation;  // [rows, outputs]
  Tensor bias;               // [outputs]
};

/// The sum over rows is one thread's, in their order: no result depends on the number of threads.
OutputGradients differentiate(FusedActivation activation, const Tensor& y, const Tensor& gradient) {
  OutputGradients result = {torch::empty_like(y), torch::zeros({y.size(1)}, y.options())};
  const int64_t columns = y.size(1);
  const float* values = y.const_data_ptr<float>();
  const float* incoming = gradient.const_data_ptr<float>();
  float* out = result.before_activation.data_ptr<float>();
  float* sum = result.bias.data_ptr<float>();
  constexpr int64_t kColumnsTogether = 64;
  const int64_t strips = (columns + kColumnsTogether - 1) / kColumnsTogether;
  for_each_row(strips, kColumnsTogether * y.size(0), [=, rows = y.size(0)](int64_t strip) {
    const int64_t first = strip * kColumnsTogether;
    const int64_t count = std::min(kColumnsTogether, columns - first);
    for (int64_t i = 0; i < rows; ++i) {
      const int64_t at = i * columns + first;
      differentiate_row(activation, values + at, incoming + at, count, out + at, sum + first);
    }
  });
  return result;
}

class FusedLinear : public torch::autograd::Function<FusedLinear> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, const Tensor& bias,
                        int64_t activation) {
    const Tensor y = forward_rows(x, weight, bias, static_cast<FusedActivation>(activation));
    context->saved_data["activation"] = activation;
    context->save_for_backward({x, weight, y});
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    require_first_derivative("linear");
    const variable_list saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &y = saved[2];
    const auto activation = static_cast<FusedActivation>(context->saved_data["activation"].toInt());
    const auto [gradient, of_bias] = differentiate(activation, y, gradients[0].contiguous());
    const Tensor of_x = context->needs_input_grad(0) ? at::mm(gradient, weight) : Tensor();
    const Tensor of_weight = context->needs_input_grad(1) ? at::mm(gradient.t(), x) : Tensor();
    return {of_x, of_weight, of_bias, Tensor()};
  }
};

}  // namespace

namespace reference {

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias, FusedActivation activation) {
  const Tensor y = torch::linear(x, weight, bias);
  switch (activation) {
    case FusedActivation::relu:
      return torch::relu(y);
    case FusedActivation::leaky_relu:
      return torch::leaky_relu(y);
    case FusedActivation::tanh:
      return torch::tanh(y);
    case FusedActivation::identity:
      return y;
  }
  return y;
}

}  // namespace reference

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias, FusedActivation activation) {
  const bool reduced = at::autocast::is_autocast_enabled(at::kCPU);
  if (!can_fuse(x, weight, bias) || reduced || !weight.is_contiguous()) {
    return reference::linear(x, weight, bias, activation);
  }
  const Tensor rows = x.dim() == 2 ? x.contiguous() : x.reshape({-1, x.size(-1)}).contiguous();
  const Tensor y = needs_gradient(x, weight, bias)
                       ? FusedLinear::apply(rows, weight, bias, static_cast<int64_t>(activation))
                       : forward_rows(rows, weight, bias, activation);
  if (x.dim() == 2) return y;
  std::vector<int64_t> shape(x.sizes().begin(), x.sizes().end() - 1);
  shape.push_back(weight.size(0));
  return y.view(shape);
}

}  // namespace vae
