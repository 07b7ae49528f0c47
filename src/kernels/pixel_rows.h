// Pictures as rows of memory.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/tensor.h"

namespace vae {

/// Pictures x [N, C, H, W] and decoder outputs [..., N, C, H, W] as rows of pixels that lie in the same order
/// in both: row i of the second belongs to row i modulo N of the first.
struct PixelRows {
  Tensor x;        // dense, [N, ...]
  Tensor outputs;  // dense, [..., N, ...]
  bool channels_last = false;

  int64_t columns() const { return x.size(1) * x.size(2) * x.size(3); }
  int64_t pictures() const { return x.size(0); }
  int64_t rows() const { return outputs.numel() / std::max<int64_t>(columns(), 1); }

  /// [...]: what belongs to one row each.
  torch::IntArrayRef leading_shape() const {
    return outputs.sizes().slice(0, static_cast<size_t>(outputs.dim() - 3));
  }
};

/// Whether they have these shapes, with the same N, C, H and W.
bool are_rows(const Tensor& x, const Tensor& outputs);

/// Copies x, or both, only where their orders differ.
PixelRows pixel_rows(const Tensor& x, const Tensor& outputs);

}  // namespace vae
