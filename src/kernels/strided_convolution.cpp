#include "kernels/strided_convolution.h"

#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "core/tape.h"
#include "kernels/fused.h"
#include "kernels/patches.h"
#include "kernels/product.h"
#include "kernels/window_spread.h"
#include "kernels/window_sum.h"
#include "kernels/winograd.h"

namespace vae {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// A map between large pictures, [N, H, W, wide], and small ones, [N, h, w, narrow], whose every pixel sees a
// window of the large one. Halving takes large to small, doubling is its transpose, and the derivative of
// each is the other. As products of matrices, with the windows as rows [N h w, 16 wide] and the weight as
// [narrow, 16 wide].

constexpr int64_t kWindowElements = int64_t{1}
                                    << 20;  // of windows in memory at a time: they stay in the cache

/// [N, C, H, W] to dense [N, H, W, C]; copies only what is not channels_last.
Tensor pixels_of(const Tensor& x) { return x.permute({0, 2, 3, 1}).contiguous(); }

/// Dense [N, H, W, C] as [N, C, H, W].
Tensor maps_of(const Tensor& pixels) { return pixels.permute({0, 3, 1, 2}); }

Tensor rows_of(const Tensor& pixels) { return pixels.view({-1, pixels.size(3)}); }

/// [narrow, wide, 4, 4] to [narrow, 16 wide].
Tensor matrix_of(const Tensor& weight) { return pixels_of(weight).view({weight.size(0), -1}); }

/// Calls work(windows, large, small) for a few pictures at a time, with room for their windows as `type`.
template <class Work>
void for_each_chunk(const Tensor& large, const Tensor& small, torch::ScalarType type, const Work& work) {
  const int64_t windows = small.size(1) * small.size(2), elements = kWindow * kWindow * large.size(3);
  const int64_t count = large.size(0);
  const int64_t together = std::clamp<int64_t>(kWindowElements / std::max<int64_t>(windows * elements, 1), 1,
                                               std::max<int64_t>(count, 1));
  const Tensor room = torch::empty({together * windows, elements}, type);
  for (int64_t first = 0; first < count; first += together) {
    const int64_t n = std::min(together, count - first);
    work(room.narrow(0, 0, n * windows), large.narrow(0, first, n), small.narrow(0, first, n));
  }
}

WindowMap window_map(torch::IntArrayRef large, torch::IntArrayRef small) {
  return {.count = large[0],
          .height = large[1],
          .width = large[2],
          .wide = large[3],
          .rows = small[1],
          .columns = small[2],
          .narrow = small[3]};
}

// The fastest products of our own between pictures of float32, null where there are none.

auto* products_to_small(const WindowMap& map) {
  return winograd::pays(map) ? winograd::read_windows : nullptr;
}

auto* products_to_large(const WindowMap& map) {
  if (winograd::pays(map)) return winograd::spread_windows;
  return can_spread_windows(map) ? spread_windows : nullptr;
}

auto* products_to_weight(const WindowMap& map) {
  if (winograd::pays(map)) return winograd::sum_windows;
  return can_sum_windows(map) ? sum_windows : nullptr;
}

/// The derivative with respect to the weight, [narrow, wide, 4, 4], where `large` and `small` are one the
/// map's input, the other the gradient that arrives.
Tensor weight_gradient(const Tensor& large, const Tensor& small) {
  const WindowMap map = window_map(large.sizes(), small.sizes());
  const Tensor sum = torch::empty({map.narrow, kWindow * kWindow * map.wide});
  auto* const products = large.scalar_type() == torch::kFloat ? products_to_weight(map) : nullptr;
  if (products != nullptr) {
    products(map, large.const_data_ptr<float>(), small.const_data_ptr<float>(), sum.data_ptr<float>());
  } else {
    sum.zero_();
    for_each_chunk(large, small, large.scalar_type(),
                   [&](const Tensor& windows, const Tensor& source, const Tensor& gradient) {
                     gather_windows(source, small.size(1), small.size(2), windows);
                     multiply({rows_of(gradient), /*is_transposed=*/true}, {windows}, sum, Into::sum);
                   });
  }
  return maps_of(sum.view({map.narrow, kWindow, kWindow, map.wide}));
}

Tensor halved(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return at::conv2d(x, weight, bias, kWindowStride, kWindowPadding);
}

Tensor doubled(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t height, int64_t width) {
  const std::vector<int64_t> odd = {height - kWindowStride * x.size(2), width - kWindowStride * x.size(3)};
  return at::conv_transpose2d(x, weight, bias, kWindowStride, kWindowPadding, odd);
}

void activate_in_place(FusedActivation activation, Tensor y) {
  switch (activation) {
    case FusedActivation::relu:
      y.relu_();
      break;
    case FusedActivation::leaky_relu:
      at::leaky_relu_(y);
      break;
    case FusedActivation::tanh:
      y.tanh_();
      break;
    case FusedActivation::identity:
      break;
  }
}

/// What is left to be done with pixels that products have computed: nothing without a bias.
std::function<void(float*, int64_t)> finish_of(FusedActivation activation, const Tensor& bias) {
  if (!bias.defined()) return {};
  return [activation, from = bias.const_data_ptr<float>(), channels = bias.numel()](
             float* pixels, int64_t count) { activate_rows(activation, from, channels, pixels, count); };
}

/// activation(bias + the windows of `large`, weighted): dense [N, h, w, narrow]. Without a bias, the sum as
/// it is.
Tensor to_small(const Tensor& large, const Tensor& weight, const Tensor& bias, FusedActivation activation) {
  const WindowMap map = window_map(large.sizes(), {large.size(0), large.size(1) / kWindowStride,
                                                   large.size(2) / kWindowStride, weight.size(0)});
  auto* const products = large.scalar_type() == torch::kFloat ? products_to_small(map) : nullptr;
  if (products != nullptr) {
    const Tensor matrix = matrix_of(weight);
    const Tensor small = torch::empty({map.count, map.rows, map.columns, map.narrow});
    products(map, large.const_data_ptr<float>(), matrix.const_data_ptr<float>(), finish_of(activation, bias),
             small.data_ptr<float>());
    return small;
  }
  const Tensor small = pixels_of(halved(maps_of(large), weight, bias));
  if (bias.defined()) activate_in_place(activation, small);
  return small;
}

/// activation(bias + the sum over windows of small weight): dense [N, height, width, wide]. Without a bias,
/// the sum as it is.
Tensor to_large(const Tensor& small, const Tensor& weight, const Tensor& bias, FusedActivation activation,
                int64_t height, int64_t width) {
  const Tensor matrix = matrix_of(weight);
  const Tensor large = torch::empty({small.size(0), height, width, weight.size(1)}, small.options());
  const WindowMap map = window_map(large.sizes(), small.sizes());
  auto* const products = large.scalar_type() == torch::kFloat ? products_to_large(map) : nullptr;
  if (products != nullptr) {
    products(map, small.const_data_ptr<float>(), matrix.const_data_ptr<float>(), finish_of(activation, bias),
             large.data_ptr<float>());
    return large;
  }
  for_each_chunk(large, small, torch::kFloat,
                 [&](const Tensor& windows, const Tensor& target, const Tensor& source) {
                   multiply({rows_of(source)}, {matrix}, windows);
                   scatter_windows(windows, small.size(1), small.size(2), bias, target);
                 });
  if (bias.defined()) activate_in_place(activation, large);
  return large;
}

/// The gradient before the activation, [N, h, w, C], and the bias's, from activation's value, dense of that
/// shape, and what arrives, [N, C, h, w].
RowGradients before_activation(FusedActivation activation, const Tensor& y, const Tensor& arriving) {
  RowGradients result = differentiate_rows(activation, rows_of(y), rows_of(pixels_of(arriving)));
  result.before_activation = result.before_activation.view(y.sizes());
  return result;
}

class Downsampled : public torch::autograd::Function<Downsampled> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, const Tensor& bias,
                        int64_t activation) {
    const Tensor pixels = pixels_of(x);
    const Tensor y = to_small(pixels, weight, bias.contiguous(), static_cast<FusedActivation>(activation));
    context->saved_data["activation"] = activation;
    context->save_for_backward({pixels, weight, y});
    return maps_of(y);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    require_first_derivative("downsample");
    const variable_list saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &y = saved[2];
    const auto activation = static_cast<FusedActivation>(context->saved_data["activation"].toInt());
    const RowGradients gradient = before_activation(activation, y, gradients[0]);
    Tensor of_x, of_weight;
    if (context->needs_input_grad(0)) {
      of_x = maps_of(
          to_large(gradient.before_activation, weight, {}, FusedActivation::identity, x.size(1), x.size(2)));
    }
    if (context->needs_input_grad(1))
      of_weight = weight_gradient(x, gradient.before_activation).to(weight.scalar_type());
    return {of_x, of_weight, gradient.bias.to(weight.scalar_type()), Tensor()};
  }
};

class Upsampled : public torch::autograd::Function<Upsampled> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, const Tensor& bias,
                        int64_t height, int64_t width, int64_t activation) {
    const Tensor pixels = pixels_of(x);
    const Tensor y = to_large(pixels, weight, bias.to(torch::kFloat).contiguous(),
                              static_cast<FusedActivation>(activation), height, width);
    context->saved_data["activation"] = activation;
    context->save_for_backward({pixels, weight, y});
    return maps_of(y);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    require_first_derivative("upsample");
    const variable_list saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &y = saved[2];
    const auto activation = static_cast<FusedActivation>(context->saved_data["activation"].toInt());
    const RowGradients gradient = before_activation(activation, y, gradients[0]);
    Tensor of_x, of_weight;
    if (context->needs_input_grad(0))
      of_x = maps_of(to_small(gradient.before_activation, weight, {}, FusedActivation::identity));
    if (context->needs_input_grad(1))
      of_weight = weight_gradient(gradient.before_activation, x).to(weight.scalar_type());
    return {of_x, of_weight, gradient.bias.to(weight.scalar_type()), Tensor(), Tensor(), Tensor()};
  }
};

/// What the products are computed in.
torch::ScalarType computed_type(const Tensor& x) {
  return at::autocast::is_autocast_enabled(at::kCPU) ? at::autocast::get_autocast_dtype(at::kCPU)
                                                     : x.scalar_type();
}

bool can_take(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (!x.device().is_cpu() || x.dim() != 4) return false;
  const torch::ScalarType type = computed_type(x);
  return type == torch::kBFloat16 || (type == torch::kFloat && can_fuse(x, weight, bias));
}

}  // namespace

namespace reference {

Tensor downsample(const Tensor& x, const Tensor& weight, const Tensor& bias, FusedActivation activation) {
  return activate(activation, halved(x, weight, bias));
}

Tensor upsample(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t height, int64_t width,
                FusedActivation activation) {
  return activate(activation, doubled(x, weight, bias, height, width));
}

}  // namespace reference

Tensor downsample(const Tensor& x, const Tensor& weight, const Tensor& bias, FusedActivation activation) {
  if (!can_take(x, weight, bias)) return reference::downsample(x, weight, bias, activation);
  cannot_be_noted("downsample");
  const torch::ScalarType type = computed_type(x);
  return Downsampled::apply(x.to(type), weight.to(type), bias.to(type), static_cast<int64_t>(activation));
}

Tensor upsample(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t height, int64_t width,
                FusedActivation activation) {
  if (!can_take(x, weight, bias)) return reference::upsample(x, weight, bias, height, width, activation);
  cannot_be_noted("upsample");
  const torch::ScalarType type = computed_type(x);
  return Upsampled::apply(x.to(type), weight.to(type), bias.to(type), height, width,
                          static_cast<int64_t>(activation));
}

}  // namespace vae
