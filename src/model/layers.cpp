#include "model/layers.h"

#include <torch/nn/functional.h>

#include <cmath>
#include <utility>

#include "core/noise.h"
#include "kernels/patches.h"
#include "kernels/strided_convolution.h"

namespace vae {
namespace {

// The DCGAN kernel: as a multiple of the stride it touches every pixel equally often, which avoids
// checkerboards (Odena, Dumoulin and Olah 2016).
constexpr double kKernelArea = kWindow * kWindow;
constexpr double kStrideArea = kWindowStride * kWindowStride;

// The kernel that keeps the size.
constexpr int64_t kSameKernel = 3;
constexpr int64_t kSamePadding = 1;
constexpr double kSameKernelArea = kSameKernel * kSameKernel;

// Added to the variance before its root (Rombach et al. 2022, their code).
constexpr double kVarianceFloor = 1e-6;

std::optional<FusedActivation> fused_form(Activation activation) {
  switch (activation) {
    case Activation::identity:
      return FusedActivation::identity;
    case Activation::relu:
      return FusedActivation::relu;
    case Activation::leaky_relu:
      return FusedActivation::leaky_relu;
    case Activation::tanh:
      return FusedActivation::tanh;
    default:
      return std::nullopt;
  }
}

// Convolutions of pictures in channels_last take their weights in that order too.
at::MemoryFormat order_of(const std::vector<int64_t>& weight_shape) {
  return weight_shape.size() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
}

}  // namespace

Layer::Layer(std::vector<int64_t> weight_shape, int64_t biases, double fan_in, double fan_out,
             Activation activation, double gain)
    : weight(register_parameter("weight", torch::zeros(weight_shape).contiguous(order_of(weight_shape)))),
      fan_in_(fan_in),
      fan_out_(fan_out),
      gain_(gain),
      activation_(activation) {
  if (biases > 0) bias = register_parameter("bias", torch::zeros({biases}));
}

void Layer::initialize(Random random) {
  const torch::NoGradGuard no_grad;
  const double limit = gain_ * std::sqrt(6 / (fan_in_ + fan_out_));
  weight.copy_((2 * uniform(random, weight.sizes(), weight.options()) - 1) * limit);
  if (bias.defined()) bias.zero_();
}

Linear::Linear(int64_t inputs, int64_t outputs, Activation activation, double gain)
    : Layer({outputs, inputs}, outputs, static_cast<double>(inputs), static_cast<double>(outputs), activation,
            gain) {}

Tensor Linear::forward(const Tensor& x) const {
  if (const auto fused = fused_form(activation())) return linear(x, weight, bias, *fused);
  return activated(linear(x, weight, bias, FusedActivation::identity));
}

std::optional<LinearLayer> Linear::fused() const {
  const std::optional<FusedActivation> form = fused_form(activation());
  if (!form) return std::nullopt;
  return LinearLayer{.weight = weight, .bias = bias, .activation = *form};
}

Projection::Projection(int64_t inputs, int64_t outputs)
    : Layer({outputs, inputs}, /*biases=*/0, static_cast<double>(inputs), static_cast<double>(outputs),
            Activation::identity) {}

Tensor Projection::forward(const Tensor& x) const { return torch::linear(x, weight); }

Convolution::Convolution(int64_t inputs, int64_t outputs, Activation activation, double gain)
    : Layer({outputs, inputs, kSameKernel, kSameKernel}, outputs,
            static_cast<double>(inputs) * kSameKernelArea, static_cast<double>(outputs) * kSameKernelArea,
            activation, gain) {}

Tensor Convolution::forward(const Tensor& x) const {
  return activated(torch::conv2d(x, weight, bias, /*stride=*/1, kSamePadding));
}

Downsample::Downsample(int64_t inputs, int64_t outputs, Activation activation)
    : Layer({outputs, inputs, kWindow, kWindow}, outputs, static_cast<double>(inputs) * kKernelArea,
            static_cast<double>(outputs) * kKernelArea / kStrideArea, activation) {}

Tensor Downsample::forward(const Tensor& x) const {
  if (const auto fused = fused_form(activation())) return downsample(x, weight, bias, *fused);
  return activated(downsample(x, weight, bias, FusedActivation::identity));
}

Upsample::Upsample(int64_t inputs, int64_t outputs, int64_t height, int64_t width, Activation activation)
    : Layer({inputs, outputs, kWindow, kWindow}, outputs,
            static_cast<double>(inputs) * kKernelArea / kStrideArea,
            static_cast<double>(outputs) * kKernelArea, activation),
      height_(height),
      width_(width) {}

Tensor Upsample::forward(const Tensor& x) const {
  if (const auto fused = fused_form(activation())) return upsample(x, weight, bias, height_, width_, *fused);
  return activated(upsample(x, weight, bias, height_, width_, FusedActivation::identity));
}

GroupNorm::GroupNorm(int64_t channels, int64_t groups, Activation activation)
    : weight(register_parameter("weight", torch::ones({channels}))),
      bias(register_parameter("bias", torch::zeros({channels}))),
      groups_(groups),
      activation_(activation) {}

// The CUDA kernel answers in rows of a channel whatever it is given; convolutions want channels_last back.
Tensor GroupNorm::forward(const Tensor& x) const {
  const Tensor y = torch::group_norm(x, groups_, weight, bias, kVarianceFloor);
  return activate(y.contiguous(x.suggest_memory_format()), activation_);
}

void initialize_layers(torch::nn::Module& root, uint64_t seed) {
  for (const auto& module : root.named_modules("", /*include_self=*/false)) {
    if (auto* layer = dynamic_cast<Layer*>(module.value().get())) {
      layer->initialize(Random(seed, "initialize/" + module.key()));
    }
  }
}

}  // namespace vae
