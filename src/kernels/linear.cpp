#include "kernels/linear.h"

#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <array>
#include <vector>

#include "kernels/fused.h"
#include "kernels/product.h"

namespace vae {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

Factor factor(const Tensor& matrix, bool is_transposed = false) {
  return {matrix.const_data_ptr<float>(), matrix.size(0), matrix.size(1), is_transposed};
}

/// a b of dense matrices.
Tensor product(const Factor& a, const Factor& b) {
  const Tensor c =
      uninitialized({a.is_transposed ? a.columns : a.rows, b.is_transposed ? b.rows : b.columns});
  multiply(a, b, c.data_ptr<float>());
  return c;
}

/// The value behind each layer, [rows, outputs], for x [rows, inputs].
variable_list values_of_layers(const Tensor& x, std::span<const LinearLayer> layers) {
  variable_list values;
  for (const LinearLayer& layer : layers) {
    const Tensor& input = values.empty() ? x : values.back();
    const Tensor value = product(factor(input), factor(layer.weight, /*is_transposed=*/true));
    activate_rows(layer.activation, layer.bias, value);
    values.push_back(value);
  }
  return values;
}

/// Of x, weight 0, bias 0, weight 1, bias 1, ...
class LinearLayers : public torch::autograd::Function<LinearLayers> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, at::TensorList weights_and_biases,
                        const std::vector<int64_t>& activations) {
    std::vector<LinearLayer> layers;
    for (size_t i = 0; i < activations.size(); ++i) {
      layers.push_back({weights_and_biases[2 * i], weights_and_biases[2 * i + 1],
                        static_cast<FusedActivation>(activations[i])});
    }
    const variable_list values = values_of_layers(x, layers);
    variable_list saved = {x};
    for (const LinearLayer& layer : layers) saved.push_back(layer.weight);
    saved.insert(saved.end(), values.begin(), values.end());
    context->save_for_backward(std::move(saved));
    context->saved_data["activations"] = activations;
    return values.back();
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    require_first_derivative("linear");
    const variable_list saved = context->get_saved_variables();
    const std::vector<int64_t> activations = context->saved_data["activations"].toIntVector();
    const size_t layers = activations.size();
    const auto input = [&](size_t i) { return i == 0 ? saved[0] : saved[layers + i]; };
    const auto weight = [&](size_t i) { return saved[1 + i]; };
    const auto value = [&](size_t i) { return saved[1 + layers + i]; };
    variable_list result(2 + 2 * layers);
    Tensor arriving = gradients[0].contiguous();
    for (size_t i = layers; i-- > 0;) {
      const auto activation = static_cast<FusedActivation>(activations[i]);
      const RowGradients at = differentiate_rows(activation, value(i), arriving);
      if (context->needs_input_grad(1 + 2 * i)) {
        result[1 + 2 * i] = product(factor(at.before_activation, /*is_transposed=*/true), factor(input(i)));
      }
      result[2 + 2 * i] = at.bias;
      if (i > 0 || context->needs_input_grad(0)) {
        arriving = product(factor(at.before_activation), factor(weight(i)));
      }
    }
    if (context->needs_input_grad(0)) result[0] = arriving;
    return result;
  }
};

bool are_dense(std::span<const LinearLayer> layers) {
  return std::all_of(layers.begin(), layers.end(), [](const LinearLayer& layer) {
    return can_fuse(layer.weight, layer.bias) && layer.weight.is_contiguous();
  });
}

bool any_needs_gradient(const Tensor& x, std::span<const LinearLayer> layers) {
  return needs_gradient(x) || std::any_of(layers.begin(), layers.end(), [](const LinearLayer& layer) {
           return needs_gradient(layer.weight, layer.bias);
         });
}

Tensor differentiable(const Tensor& rows, std::span<const LinearLayer> layers) {
  variable_list weights_and_biases;
  std::vector<int64_t> activations;
  for (const LinearLayer& layer : layers) {
    weights_and_biases.push_back(layer.weight);
    weights_and_biases.push_back(layer.bias);
    activations.push_back(static_cast<int64_t>(layer.activation));
  }
  return LinearLayers::apply(rows, at::TensorList(weights_and_biases), activations);
}

}  // namespace

namespace reference {

Tensor linear_layers(const Tensor& x, std::span<const LinearLayer> layers) {
  Tensor y = x;
  for (const LinearLayer& layer : layers) {
    y = activate(layer.activation, torch::linear(y, layer.weight, layer.bias));
  }
  return y;
}

}  // namespace reference

Tensor linear_layers(const Tensor& x, std::span<const LinearLayer> layers) {
  const bool reduced = at::autocast::is_autocast_enabled(at::kCPU);
  if (!can_fuse(x) || !are_dense(layers) || reduced || layers.empty()) {
    return reference::linear_layers(x, layers);
  }
  const Tensor rows = x.dim() == 2 ? x.contiguous() : x.reshape({-1, x.size(-1)}).contiguous();
  const Tensor y =
      any_needs_gradient(x, layers) ? differentiable(rows, layers) : values_of_layers(rows, layers).back();
  if (x.dim() == 2) return y;
  std::vector<int64_t> shape(x.sizes().begin(), x.sizes().end() - 1);
  shape.push_back(y.size(-1));
  return y.view(shape);
}

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias, FusedActivation activation) {
  return linear_layers(x, std::array{LinearLayer{weight, bias, activation}});
}

}  // namespace vae
