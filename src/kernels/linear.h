// Affine maps and the nonlinearities behind them.
#pragma once

#include <span>

#include "core/tensor.h"
#include "kernels/activation_rows.h"

namespace vae {

/// activation(x weight^T + bias): weight [outputs, inputs], bias [outputs].
struct LinearLayer {
  Tensor weight;
  Tensor bias;
  FusedActivation activation;
};

/// What rows are: of the samples of an importance-weighted bound, only those that count are differentiated
/// (kernels/kept_rows.h).
enum class RowsOf { pictures, samples };

/// x through one layer after another: [..., inputs of the first] to [..., outputs of the last]. float32 on
/// the processor is one operation for autograd; it adds a bias and takes the activation in one pass over the
/// product, and both derivatives in another. The error of a layer is within 3 units in the last place of the
/// activation, beside that of the product. Under autocast the factors of products are rounded to bfloat16,
/// and nothing else, where the processor can multiply these; elsewhere LibTorch decides.
Tensor linear_layers(const Tensor& x, std::span<const LinearLayer> layers, RowsOf rows_of = RowsOf::pictures);

/// x through one layer.
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias, FusedActivation activation);

namespace reference {
Tensor linear_layers(const Tensor& x, std::span<const LinearLayer> layers);
}

}  // namespace vae
