#include "kernels/bernoulli_layer.h"

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "core/divide_up.h"
#include "core/tape.h"
#include "kernels/bernoulli.h"
#include "kernels/bernoulli_row.h"
#include "kernels/fused.h"
#include "kernels/kept_rows.h"
#include "kernels/product.h"
#include "kernels/row_loops.h"

namespace vae {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kMostColumns = 256;  // of a sum over rows that one thread takes
constexpr int64_t kRowsOfSum = 64;     // that are added up by themselves, or float would lose more

/// [rows]: the log-density of row i of `outputs` + bias, outputs [rows, pixels], for picture i modulo N of x.
/// With `differentiates`, the derivatives by the logits replace the outputs.
Tensor score_rows(const Tensor& x, const Tensor& outputs, const Tensor& bias, bool differentiates) {
  const Tensor result = uninitialized({outputs.size(0)});
  const float* pictures = x.const_data_ptr<float>();
  const float* offsets = bias.const_data_ptr<float>();
  float *logits = outputs.data_ptr<float>(), *out = result.data_ptr<float>();
  const int64_t count = x.size(0), rows = outputs.size(0), pixels = outputs.size(1);
  perform({&x, &outputs, &bias, &result}, [=] {
    for_each_row(rows, pixels, [=](int64_t i) {
      float* row = logits + i * pixels;
      out[i] =
          log_prob_of({pictures + i % count * pixels, row, offsets, pixels}, differentiates ? row : nullptr);
    });
  });
  return result;
}

/// out <- the sum over rows i of factors[i] times the first `count` <= kMostColumns numbers of row i.
void sum_columns(const SpacedRows& x, const float* factors, int64_t count, float* out) {
  std::array<float, kMostColumns> part;  // NOLINT: to be filled
  constexpr float kOne = 1;
  std::fill_n(out, count, 0.0F);
  for (int64_t first = 0; first < x.rows; first += kRowsOfSum) {
    const SpacedRows block = {x.first + first * x.stride, std::min(kRowsOfSum, x.rows - first), x.stride};
    std::fill_n(part.data(), count, 0.0F);
    add_scaled_rows(block, factors + first, count, part.data());
    add_scaled_rows({part.data(), 1, count}, &kOne, count, out);
  }
}

/// The sum of factors[i] times row i.
Tensor weighted_sum(const Tensor& rows, const Tensor& factors) {
  const int64_t count = rows.size(0), columns = rows.size(1);
  const EvenParts parts(columns, kMostColumns);
  const Tensor result = uninitialized({columns});
  const float *from = rows.const_data_ptr<float>(), *by = factors.const_data_ptr<float>();
  float* to = result.data_ptr<float>();
  perform({&rows, &factors, &result}, [=] {
    for_each_row(parts.count(), count * kMostColumns, [=](int64_t i) {
      const int64_t begin = parts.begin(i);
      sum_columns({from + begin, count, columns}, by, parts.size(i), to + begin);
    });
  });
  return result;
}

/// Which of hidden's derivative, the weight's and the bias's are asked for.
using Asked = std::array<bool, 3>;

/// These derivatives, with row i's gradient g_i and its pixels' derivatives d_i: hidden's is g_i (d_i W), the
/// weight's the sum of d_i^T (g_i h_i), the bias's that of g_i d_i. Undefined where nobody asks.
variable_list differentiate(const Tensor& hidden, const Tensor& weight, const Tensor& slopes,
                            const Tensor& gradient, const Asked& asked) {
  const torch::ScalarType type = weight.scalar_type();
  const Tensor left = in_type(type, slopes);
  variable_list result(3);
  if (asked[0]) result[0] = scaled_rows(product({left}, {weight}), gradient);
  if (asked[1])
    result[1] = product({left, /*is_transposed=*/true}, {in_type(type, scaled_rows(hidden, gradient))});
  if (asked[2]) result[2] = weighted_sum(slopes, gradient);
  return result;
}

/// The same of the rows that count.
variable_list differentiate_samples(const Tensor& hidden, const Tensor& weight, const Tensor& slopes,
                                    const Tensor& gradient, const Asked& asked) {
  const std::optional<Tensor> kept = rows_that_count(gradient);
  if (!kept) return differentiate(hidden, weight, slopes, gradient, asked);
  variable_list result =
      differentiate(rows_at(*kept, hidden), weight, rows_at(*kept, slopes), rows_at(*kept, gradient), asked);
  if (asked[0]) result[0] = rows_among_zeros(*kept, result[0], hidden.size(0));
  return result;
}

/// x [N, pixels], hidden [rows, width], weight [pixels, width], bias [pixels]; gives [rows].
class BernoulliOfLayer : public torch::autograd::Function<BernoulliOfLayer> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& hidden, const Tensor& weight,
                        const Tensor& bias, torch::ScalarType type, bool are_samples) {
    const Tensor factors = in_type(type, weight);
    const Tensor slopes = product({in_type(type, hidden)}, {factors, /*is_transposed=*/true});
    const Tensor result = score_rows(x, slopes, bias, /*differentiates=*/true);
    context->save_for_backward({hidden, factors, slopes});
    context->saved_data["are_samples"] = are_samples;
    return result;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    require_first_derivative("bernoulli_log_prob_of_layer");
    const variable_list saved = context->get_saved_variables();
    const Tensor &hidden = saved[0], &weight = saved[1], &slopes = saved[2];
    const Tensor gradient = gradients[0].contiguous();
    const Asked asked = {context->needs_input_grad(1), context->needs_input_grad(2),
                         context->needs_input_grad(3)};
    const variable_list result =
        context->saved_data["are_samples"].toBool()
            ? perform_as_one({hidden, weight, slopes, gradient},
                             [asked](const variable_list& t) {
                               return differentiate_samples(t[0], t[1], t[2], t[3], asked);
                             })
            : differentiate(hidden, weight, slopes, gradient, asked);
    return {Tensor(), result[0], result[1], result[2], Tensor(), Tensor()};
  }
};

/// The same without gradients.
Tensor score(const Tensor& x, const Tensor& hidden, const LinearLayer& layer, torch::ScalarType type) {
  const Tensor outputs =
      product({in_type(type, hidden)}, {in_type(type, layer.weight), /*is_transposed=*/true});
  return score_rows(x, outputs, layer.bias, /*differentiates=*/false);
}

bool fit(const Tensor& x, const Tensor& hidden, const LinearLayer& layer) {
  const auto& [weight, bias, activation] = layer;
  return x.dim() == 4 && hidden.dim() >= 2 && hidden.numel() > 0 && hidden.size(-2) == x.size(0) &&
         weight.sizes() == torch::IntArrayRef({x.numel() / x.size(0), hidden.size(-1)}) &&
         bias.sizes() == weight.sizes().slice(0, 1) && weight.is_contiguous() && bias.is_contiguous() &&
         weight.numel() > 0 && activation == FusedActivation::identity;
}

/// [..., N] of hidden, and the shape of each picture behind it.
std::vector<int64_t> shape_of_logits(const Tensor& x, const Tensor& hidden) {
  std::vector<int64_t> shape(hidden.sizes().begin(), hidden.sizes().end() - 1);
  shape.insert(shape.end(), x.sizes().begin() + 1, x.sizes().end());
  return shape;
}

/// The two operations, one after the other.
Tensor log_prob_behind(const Tensor& x, const Tensor& hidden, const LinearLayer& layer) {
  const Tensor logits = linear_layers(hidden.flatten(0, -2), std::array{layer});
  return bernoulli_log_prob(x, logits.to(x.scalar_type()).view(shape_of_logits(x, hidden)));
}

}  // namespace

namespace reference {

Tensor bernoulli_log_prob_of_layer(const Tensor& x, const Tensor& hidden, const LinearLayer& layer) {
  const Tensor logits = reference::linear_layers(hidden, std::array{layer});
  return reference::bernoulli_log_prob(x, logits.view(shape_of_logits(x, hidden)));
}

}  // namespace reference

Tensor bernoulli_log_prob_of_layer(const Tensor& x, const Tensor& hidden, const LinearLayer& layer) {
  const std::optional<torch::ScalarType> type = product_type();
  if (!can_fuse(x, hidden, layer.weight, layer.bias) || !fit(x, hidden, layer) || needs_gradient(x) || !type)
    return log_prob_behind(x, hidden, layer);
  const Tensor pictures = x.flatten(1).contiguous();
  const Tensor rows = hidden.flatten(0, -2).contiguous();
  const Tensor result =
      needs_gradient(hidden, layer.weight, layer.bias)
          ? BernoulliOfLayer::apply(pictures, rows, layer.weight, layer.bias, *type, are_samples(hidden))
          : score(pictures, rows, layer, *type);
  return result.view(hidden.sizes().slice(0, static_cast<size_t>(hidden.dim() - 1)));
}

}  // namespace vae
