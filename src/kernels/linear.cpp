#include "kernels/linear.h"

#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernels/fused.h"

namespace vae {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// x [rows, inputs] to [rows, outputs].
Tensor forward_rows(const Tensor& x, const Tensor& weight, const Tensor& bias, FusedActivation activation) {
  Tensor y = at::mm(x, weight.t());
  activate_rows(activation, bias, y);
  return y;
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
    const auto [gradient, of_bias] = differentiate_rows(activation, y, gradients[0].contiguous());
    const Tensor of_x = context->needs_input_grad(0) ? at::mm(gradient, weight) : Tensor();
    const Tensor of_weight = context->needs_input_grad(1) ? at::mm(gradient.t(), x) : Tensor();
    return {of_x, of_weight, of_bias, Tensor()};
  }
};

}  // namespace

namespace reference {

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias, FusedActivation activation) {
  return activate(activation, torch::linear(x, weight, bias));
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
