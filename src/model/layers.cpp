#include "model/layers.h"

#include <torch/nn/functional.h>

#include <cmath>
#include <utility>

#include "core/noise.h"

namespace vae {
namespace {

// The DCGAN kernel: as a multiple of the stride it touches every pixel equally often, which avoids
// checkerboards (Odena, Dumoulin and Olah 2016).
constexpr int64_t kKernel = 4;
constexpr int64_t kStride = 2;
constexpr int64_t kPadding = 1;
constexpr double kKernelArea = kKernel * kKernel;
constexpr double kStrideArea = kStride * kStride;

}  // namespace

Layer::Layer(std::vector<int64_t> weight_shape, int64_t outputs, double fan_in, double fan_out,
             Activation activation)
    : weight(register_parameter("weight", torch::zeros(weight_shape))),
      bias(register_parameter("bias", torch::zeros({outputs}))),
      fan_in_(fan_in),
      fan_out_(fan_out),
      activation_(activation) {}

void Layer::initialize(Random random) {
  const torch::NoGradGuard no_grad;
  const double limit = std::sqrt(6 / (fan_in_ + fan_out_));
  weight.copy_((2 * uniform(random, weight.sizes(), weight.options()) - 1) * limit);
  bias.zero_();
}

Linear::Linear(int64_t inputs, int64_t outputs, Activation activation)
    : Layer({outputs, inputs}, outputs, static_cast<double>(inputs), static_cast<double>(outputs),
            activation) {}

Tensor Linear::forward(const Tensor& x) const { return activated(torch::linear(x, weight, bias)); }

Downsample::Downsample(int64_t inputs, int64_t outputs, Activation activation)
    : Layer({outputs, inputs, kKernel, kKernel}, outputs, static_cast<double>(inputs) * kKernelArea,
            static_cast<double>(outputs) * kKernelArea / kStrideArea, activation) {}

Tensor Downsample::forward(const Tensor& x) const {
  return activated(torch::conv2d(x, weight, bias, kStride, kPadding));
}

Upsample::Upsample(int64_t inputs, int64_t outputs, int64_t height, int64_t width, Activation activation)
    : Layer({inputs, outputs, kKernel, kKernel}, outputs,
            static_cast<double>(inputs) * kKernelArea / kStrideArea,
            static_cast<double>(outputs) * kKernelArea, activation),
      height_(height),
      width_(width) {}

Tensor Upsample::forward(const Tensor& x) const {
  const std::vector<int64_t> odd = {height_ - kStride * x.size(2), width_ - kStride * x.size(3)};
  return activated(torch::conv_transpose2d(x, weight, bias, kStride, kPadding, /*output_padding=*/odd));
}

void initialize_layers(torch::nn::Module& root, uint64_t seed) {
  for (const auto& module : root.named_modules("", /*include_self=*/false)) {
    if (auto* layer = dynamic_cast<Layer*>(module.value().get())) {
      layer->initialize(Random(seed, "initialize/" + module.key()));
    }
  }
}

}  // namespace vae
