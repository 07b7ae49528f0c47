#include "kernels/linear.h"

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "kernels/fused.h"
#include "kernels/product.h"

namespace vae {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// What a forward pass leaves behind, layer by layer. Inputs and weights are of the type that products are
/// computed in, values float32.
struct Passed {
  variable_list inputs, weights, values;
};

/// x is [rows, inputs].
Passed pass(const Tensor& x, std::span<const LinearLayer> layers, torch::ScalarType type) {
  Passed passed;
  for (const LinearLayer& layer : layers) {
    const bool is_data = passed.values.empty() && !x.requires_grad();
    passed.inputs.push_back(in_type(type, passed.values.empty() ? x : passed.values.back()));
    passed.weights.push_back(in_type(type, layer.weight));
    passed.values.push_back(product({.matrix = passed.inputs.back(), .may_be_sparse = is_data},
                                    {.matrix = passed.weights.back(), .is_transposed = true}));
    activate_rows(layer.activation, layer.bias, passed.values.back());
  }
  return passed;
}

/// Of x, weight 0, bias 0, weight 1, bias 1, ...
class LinearLayers : public torch::autograd::Function<LinearLayers> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, at::TensorList weights_and_biases,
                        const std::vector<int64_t>& activations, torch::ScalarType type) {
    std::vector<LinearLayer> layers;
    for (size_t i = 0; i < activations.size(); ++i) {
      layers.push_back({weights_and_biases[2 * i], weights_and_biases[2 * i + 1],
                        static_cast<FusedActivation>(activations[i])});
    }
    const Passed passed = pass(x, layers, type);
    variable_list saved = passed.inputs;
    saved.insert(saved.end(), passed.weights.begin(), passed.weights.end());
    saved.insert(saved.end(), passed.values.begin(), passed.values.end());
    context->save_for_backward(std::move(saved));
    context->saved_data["activations"] = activations;
    return passed.values.back();
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    require_first_derivative("linear");
    const variable_list saved = context->get_saved_variables();
    const std::vector<int64_t> activations = context->saved_data["activations"].toIntVector();
    const size_t layers = activations.size();
    variable_list result(3 + 2 * layers);
    Tensor arriving = gradients[0].contiguous();
    for (size_t i = layers; i-- > 0;) {
      const Tensor &input = saved[i], &weight = saved[layers + i], &value = saved[2 * layers + i];
      const bool is_data = i == 0 && !context->needs_input_grad(0);
      const RowGradients at =
          differentiate_rows(static_cast<FusedActivation>(activations[i]), value, arriving);
      const Tensor slope = in_type(weight.scalar_type(), at.before_activation);
      if (context->needs_input_grad(1 + 2 * i)) {
        result[1 + 2 * i] =
            product({.matrix = slope, .is_transposed = true}, {.matrix = input, .may_be_sparse = is_data});
      }
      result[2 + 2 * i] = at.bias;
      if (i > 0 || context->needs_input_grad(0)) arriving = product({slope}, {weight});
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

Tensor differentiable(const Tensor& rows, std::span<const LinearLayer> layers, torch::ScalarType type) {
  variable_list weights_and_biases;
  std::vector<int64_t> activations;
  for (const LinearLayer& layer : layers) {
    weights_and_biases.push_back(layer.weight);
    weights_and_biases.push_back(layer.bias);
    activations.push_back(static_cast<int64_t>(layer.activation));
  }
  return LinearLayers::apply(rows, at::TensorList(weights_and_biases), activations, type);
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
  const std::optional<torch::ScalarType> type = product_type();
  if (!can_fuse(x) || !are_dense(layers) || layers.empty() || !type)
    return reference::linear_layers(x, layers);
  const Tensor rows = x.dim() == 2 ? x.contiguous() : x.reshape({-1, x.size(-1)}).contiguous();
  const Tensor y = any_needs_gradient(x, layers) ? differentiable(rows, layers, *type)
                                                 : pass(rows, layers, *type).values.back();
  if (x.dim() == 2) return y;
  std::vector<int64_t> shape(x.sizes().begin(), x.sizes().end() - 1);
  shape.push_back(y.size(-1));
  return y.view(shape);
}

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias, FusedActivation activation) {
  return linear_layers(x, std::array{LinearLayer{weight, bias, activation}});
}

}  // namespace vae
