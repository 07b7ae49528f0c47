#include "kernels/standard_normal.h"

#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <numbers>

#include "core/tape.h"
#include "kernels/fused.h"
#include "kernels/row_loops.h"

namespace vae {
namespace {

/// z is dense.
Tensor log_prob(const Tensor& z) {
  const Tensor result = uninitialized(z.sizes().slice(0, static_cast<size_t>(z.dim() - 1)));
  const int64_t latent = z.size(-1);
  const double log_two_pi = static_cast<double>(latent) * std::log(2 * std::numbers::pi);
  const float* latents = z.const_data_ptr<float>();
  float* out = result.data_ptr<float>();
  const int64_t rows = result.numel();
  perform({&z, &result}, [=] {
    for_each_row(rows, latent, [=](int64_t i) {
      out[i] = static_cast<float>(-0.5 * (log_two_pi + sum_of_squares(latents + i * latent, latent)));
    });
  });
  return result;
}

class StandardNormalLogProb : public torch::autograd::Function<StandardNormalLogProb> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& z) {
    context->save_for_backward({z});
    return log_prob(z);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    require_first_derivative("standard_normal_log_prob");
    const Tensor z = context->get_saved_variables()[0], gradient = gradients[0].contiguous();
    const Tensor result = uninitialized(z.sizes());
    const int64_t latent = z.size(-1), rows = gradient.numel();
    const float* latents = z.const_data_ptr<float>();
    const float* arriving = gradient.const_data_ptr<float>();
    float* out = result.data_ptr<float>();
    perform({&z, &gradient, &result}, [=] {
      for_each_row(rows, latent, [=](int64_t i) {
        scale_row(latents + i * latent, -arriving[i], latent, out + i * latent);
      });
    });
    return {result};
  }
};

}  // namespace

namespace reference {

Tensor standard_normal_log_prob(const Tensor& z) {
  const double log_two_pi = static_cast<double>(z.size(-1)) * std::log(2 * std::numbers::pi);
  return -0.5 * (log_two_pi + z.square().sum(-1));
}

}  // namespace reference

Tensor standard_normal_log_prob(const Tensor& z) {
  if (!can_fuse(z) || z.dim() == 0) return reference::standard_normal_log_prob(z);
  const Tensor dense = z.contiguous();
  return needs_gradient(z) ? StandardNormalLogProb::apply(dense) : log_prob(dense);
}

}  // namespace vae
