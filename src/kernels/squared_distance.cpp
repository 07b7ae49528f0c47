#include "kernels/squared_distance.h"

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "core/tape.h"
#include "core/target_clones.h"
#include "kernels/fused.h"
#include "kernels/pixel_rows.h"

namespace vae {
namespace {

VAE_TARGET_CLONES float row_distance(const float* x, const float* mean, int64_t count) {
  return static_cast<float>(sum_in_blocks(
      count, [=](int64_t i) __attribute__((always_inline)) { return (x[i] - mean[i]) * (x[i] - mean[i]); }));
}

VAE_TARGET_CLONES void row_derivative(const float* x, const float* mean, float gradient, int64_t count,
                                      float* out) {
  const float factor = 2 * gradient;
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) out[i] = factor * (mean[i] - x[i]);
}

Tensor distance(const PixelRows& pixels) {
  Tensor result = torch::empty(pixels.leading_shape(), pixels.outputs.options());
  const float* x = pixels.x.const_data_ptr<float>();
  const float* mean = pixels.outputs.const_data_ptr<float>();
  float* out = result.data_ptr<float>();
  const int64_t columns = pixels.columns(), pictures = pixels.pictures(), rows = pixels.rows();
  perform({&pixels.x, &pixels.outputs, &result}, [=] {
    for_each_row(rows, columns, [=](int64_t i) {
      out[i] = row_distance(x + i % pictures * columns, mean + i * columns, columns);
    });
  });
  return result;
}

class SquaredDistance : public torch::autograd::Function<SquaredDistance> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, const Tensor& mean) {
    context->save_for_backward({x, mean});
    return distance(pixel_rows(x, mean));
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    require_first_derivative("squared_distance");
    const torch::autograd::variable_list saved = context->get_saved_variables();
    const PixelRows pixels = pixel_rows(saved[0], saved[1]);
    const Tensor gradient = gradients[0].contiguous();
    Tensor result = torch::empty_like(pixels.outputs);
    const float* x = pixels.x.const_data_ptr<float>();
    const float* mean = pixels.outputs.const_data_ptr<float>();
    const float* factors = gradient.const_data_ptr<float>();
    float* out = result.data_ptr<float>();
    const int64_t columns = pixels.columns(), pictures = pixels.pictures(), rows = pixels.rows();
    perform({&pixels.x, &pixels.outputs, &gradient, &result}, [=] {
      for_each_row(rows, columns, [=](int64_t i) {
        row_derivative(x + i % pictures * columns, mean + i * columns, factors[i], columns,
                       out + i * columns);
      });
    });
    return {Tensor(), pixels.channels_last ? result.movedim(-1, -3) : result};
  }
};

}  // namespace

namespace reference {

Tensor squared_distance(const Tensor& x, const Tensor& mean) { return (x - mean).square().sum({-3, -2, -1}); }

}  // namespace reference

Tensor squared_distance(const Tensor& x, const Tensor& mean) {
  if (!can_fuse(x, mean) || !are_rows(x, mean) || needs_gradient(x))
    return reference::squared_distance(x, mean);
  if (!needs_gradient(mean)) return distance(pixel_rows(x, mean));
  return SquaredDistance::apply(x, mean);
}

}  // namespace vae
