#include "kernels/scaled_sum.h"

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "core/tape.h"
#include "core/target_clones.h"
#include "kernels/fused.h"

namespace vae {
namespace {

VAE_TARGET_CLONES double sum(const float* x, int64_t count) {
  return sum_in_blocks(
      count, [=](int64_t i) __attribute__((always_inline)) { return x[i]; });
}

Tensor scaled(const Tensor& x, double scale) {
  const Tensor dense = x.contiguous(), result = uninitialized({});
  const float* in = dense.const_data_ptr<float>();
  float* out = result.data_ptr<float>();
  const int64_t count = dense.numel();
  perform({&dense, &result}, [=] { *out = static_cast<float>(scale * sum(in, count)); });
  return result;
}

class ScaledSum : public torch::autograd::Function<ScaledSum> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, double scale) {
    context->saved_data["shape"] = x.sizes();
    context->saved_data["scale"] = scale;
    return scaled(x, scale);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    require_first_derivative("scaled_sum");
    const Tensor result = uninitialized(context->saved_data["shape"].toIntVector());
    const auto scale = static_cast<float>(context->saved_data["scale"].toDouble());
    const float* arriving = gradients[0].const_data_ptr<float>();
    float* out = result.data_ptr<float>();
    const int64_t count = result.numel();
    perform({&gradients[0], &result}, [=] { std::fill_n(out, count, scale * *arriving); });
    return {result, Tensor()};
  }
};

}  // namespace

namespace reference {

Tensor scaled_sum(const Tensor& x, double scale) { return scale * x.sum(); }

}  // namespace reference

Tensor scaled_sum(const Tensor& x, double scale) {
  if (!can_fuse(x)) return reference::scaled_sum(x, scale);
  return needs_gradient(x) ? ScaledSum::apply(x, scale) : scaled(x, scale);
}

}  // namespace vae
