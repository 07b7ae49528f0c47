#include "export/layers.h"

#include <vector>

#include "kernels/patches.h"

namespace vae {
namespace {

const Attributes kHalving = {{"kernel_shape", std::vector<int64_t>(2, kWindow)},
                             {"strides", std::vector<int64_t>(2, kWindowStride)},
                             {"pads", std::vector<int64_t>(4, kWindowPadding)}};

std::vector<Value> with_weights(const Value& x, const std::string& module) {
  return {x, x.builder->weight(module + ".weight"), x.builder->weight(module + ".bias")};
}

}  // namespace

Value activate(const Value& x, Activation activation) {
  switch (activation) {
    case Activation::identity:
      return x;
    case Activation::relu:
      return x.builder->apply("Relu", {x});
    case Activation::leaky_relu:
      return x.builder->apply("LeakyRelu", {x}, {{"alpha", 0.01}});
    case Activation::elu:
      return x.builder->apply("Elu", {x}, {{"alpha", 1.0}});
    case Activation::gelu:
      return x * normal_cdf(x);
    case Activation::silu:
      return x * sigmoid(x);
    case Activation::tanh:
      return tanh(x);
  }
  return x;
}

Value linear(const Value& x, const std::string& module, Activation activation) {
  const Value y = x.builder->apply("Gemm", with_weights(x, module), {{"transB", int64_t{1}}}, module);
  return activate(y, activation);
}

Value downsample(const Value& x, const std::string& module, Activation activation) {
  return activate(x.builder->apply("Conv", with_weights(x, module), kHalving, module), activation);
}

Value upsample(const Value& x, const std::string& module, int64_t odd_rows, int64_t odd_columns,
               Activation activation) {
  Attributes attributes = kHalving;
  attributes["output_padding"] = std::vector{odd_rows, odd_columns};
  return activate(x.builder->apply("ConvTranspose", with_weights(x, module), attributes, module), activation);
}

}  // namespace vae
