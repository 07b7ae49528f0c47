#include "kernels/bernoulli.h"

#include <torch/csrc/autograd/custom_function.h>

#include "core/tape.h"
#include "kernels/bernoulli_row.h"
#include "kernels/fused.h"
#include "kernels/pixel_rows.h"
#include "kernels/row_loops.h"

namespace vae {
namespace {

/// [..., N]; the derivatives with respect to the logits go to `derivative`, where it is defined.
Tensor log_prob(const PixelRows& pixels, const Tensor& derivative) {
  Tensor result = torch::empty(pixels.leading_shape(), pixels.outputs.options());
  const float* x = pixels.x.const_data_ptr<float>();
  const float* logits = pixels.outputs.const_data_ptr<float>();
  float* out = result.data_ptr<float>();
  float* slopes = derivative.defined() ? derivative.data_ptr<float>() : nullptr;
  const int64_t columns = pixels.columns(), pictures = pixels.pictures(), rows = pixels.rows();
  perform({&pixels.x, &pixels.outputs, &derivative, &result}, [=] {
    for_each_row(rows, columns, [=](int64_t i) {
      out[i] = log_prob_of({x + i % pictures * columns, logits + i * columns, /*bias=*/nullptr, columns},
                           slopes ? slopes + i * columns : nullptr);
    });
  });
  return result;
}

class BernoulliLogProb : public torch::autograd::Function<BernoulliLogProb> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, const Tensor& logits) {
    const PixelRows pixels = pixel_rows(x, logits);
    const Tensor derivative = torch::empty_like(pixels.outputs);
    const Tensor result = log_prob(pixels, derivative);
    context->save_for_backward({derivative});
    context->saved_data["channels_last"] = pixels.channels_last;
    return result;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    require_first_derivative("bernoulli_log_prob");
    const Tensor result = scaled_rows(context->get_saved_variables()[0], gradients[0].contiguous());
    const bool channels_last = context->saved_data["channels_last"].toBool();
    return {Tensor(), channels_last ? result.movedim(-1, -3) : result};
  }
};

}  // namespace

namespace reference {

// x log s(l) + (1 - x) log(1 - s(l)) = x l + log s(-l), which overflows nowhere.
Tensor bernoulli_log_prob(const Tensor& x, const Tensor& logits) {
  return (x * logits + torch::log_sigmoid(-logits)).sum({-3, -2, -1});
}

}  // namespace reference

Tensor bernoulli_log_prob(const Tensor& x, const Tensor& logits) {
  if (!can_fuse(x, logits) || !are_rows(x, logits) || needs_gradient(x))
    return reference::bernoulli_log_prob(x, logits);
  if (!needs_gradient(logits)) return log_prob(pixel_rows(x, logits), {});
  return BernoulliLogProb::apply(x, logits);
}

}  // namespace vae
