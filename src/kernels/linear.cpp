#include "kernels/linear.h"

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "core/tape.h"
#include "kernels/fused.h"
#include "kernels/kept_rows.h"
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

variable_list joined(const Passed& passed) {
  variable_list all = passed.inputs;
  all.insert(all.end(), passed.weights.begin(), passed.weights.end());
  all.insert(all.end(), passed.values.begin(), passed.values.end());
  return all;
}

Passed parted(const variable_list& all, size_t layers) {
  const auto part = [&](size_t i) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(i * layers);
    return variable_list(begin, begin + static_cast<std::ptrdiff_t>(layers));
  };
  return {.inputs = part(0), .weights = part(1), .values = part(2)};
}

/// What is asked for, and of what.
struct Asked {
  std::vector<FusedActivation> activations;
  bool x;
  std::vector<bool> weights;
};

/// The derivatives by x, weight 0, bias 0, weight 1, ..., undefined where nobody asks for x's or a weight's.
variable_list differentiate(const Passed& passed, Tensor arriving, const Asked& asked) {
  const size_t layers = asked.activations.size();
  variable_list result(1 + 2 * layers);
  for (size_t i = layers; i-- > 0;) {
    const Tensor &input = passed.inputs[i], &weight = passed.weights[i];
    const RowGradients at = differentiate_rows(asked.activations[i], passed.values[i], arriving);
    const Tensor slope = in_type(weight.scalar_type(), at.before_activation);
    if (asked.weights[i]) {
      result[1 + 2 * i] = product({.matrix = slope, .is_transposed = true},
                                  {.matrix = input, .may_be_sparse = i == 0 && !asked.x});
    }
    result[2 + 2 * i] = at.bias;
    if (i > 0 || asked.x) arriving = product({slope}, {weight});
  }
  if (asked.x) result[0] = arriving;
  return result;
}

/// The same of the rows that count.
variable_list differentiate_samples(const Passed& passed, const Tensor& arriving, const Asked& asked) {
  const std::optional<Tensor> kept = rows_that_count(arriving);
  if (!kept) return differentiate(passed, arriving, asked);
  Passed some = {.inputs = {}, .weights = passed.weights, .values = {}};
  for (size_t i = 0; i < passed.inputs.size(); ++i) {
    const bool is_value = i > 0 && passed.inputs[i].scalar_type() == torch::kFloat;
    some.inputs.push_back(is_value ? some.values.back() : rows_at(*kept, passed.inputs[i]));
    some.values.push_back(rows_at(*kept, passed.values[i]));
  }
  variable_list result = differentiate(some, rows_at(*kept, arriving), asked);
  if (asked.x) result[0] = rows_among_zeros(*kept, result[0], arriving.size(0));
  return result;
}

/// Of x, weight 0, bias 0, weight 1, bias 1, ...
class LinearLayers : public torch::autograd::Function<LinearLayers> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, at::TensorList weights_and_biases,
                        const std::vector<int64_t>& activations, torch::ScalarType type, bool are_samples) {
    std::vector<LinearLayer> layers;
    for (size_t i = 0; i < activations.size(); ++i) {
      layers.push_back({weights_and_biases[2 * i], weights_and_biases[2 * i + 1],
                        static_cast<FusedActivation>(activations[i])});
    }
    const Passed passed = pass(x, layers, type);
    context->save_for_backward(joined(passed));
    context->saved_data["activations"] = activations;
    context->saved_data["are_samples"] = are_samples;
    return passed.values.back();
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    require_first_derivative("linear");
    Asked asked = {.activations = {}, .x = context->needs_input_grad(0), .weights = {}};
    for (const int64_t activation : context->saved_data["activations"].toIntVector()) {
      asked.weights.push_back(context->needs_input_grad(1 + 2 * asked.weights.size()));
      asked.activations.push_back(static_cast<FusedActivation>(activation));
    }
    variable_list saved = context->get_saved_variables();
    const Tensor arriving = gradients[0].contiguous();
    variable_list result;
    if (context->saved_data["are_samples"].toBool()) {
      saved.push_back(arriving);
      result = perform_as_one(saved, [asked](const variable_list& t) {
        return differentiate_samples(parted(t, asked.activations.size()), t.back(), asked);
      });
    } else {
      result = differentiate(parted(saved, asked.activations.size()), arriving, asked);
    }
    result.resize(result.size() + 3);  // for what are no tensors
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

Tensor differentiable(const Tensor& rows, std::span<const LinearLayer> layers, torch::ScalarType type,
                      bool are_samples) {
  variable_list weights_and_biases;
  std::vector<int64_t> activations;
  for (const LinearLayer& layer : layers) {
    weights_and_biases.push_back(layer.weight);
    weights_and_biases.push_back(layer.bias);
    activations.push_back(static_cast<int64_t>(layer.activation));
  }
  return LinearLayers::apply(rows, at::TensorList(weights_and_biases), activations, type, are_samples);
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

Tensor linear_layers(const Tensor& x, std::span<const LinearLayer> layers, RowsOf rows_of) {
  const std::optional<torch::ScalarType> type = product_type();
  if (!can_fuse(x) || !are_dense(layers) || layers.empty() || !type)
    return reference::linear_layers(x, layers);
  const Tensor rows = x.dim() == 2 ? x.contiguous() : x.reshape({-1, x.size(-1)}).contiguous();
  const Tensor y = any_needs_gradient(x, layers)
                       ? differentiable(rows, layers, *type, rows_of == RowsOf::samples && are_samples(x))
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
