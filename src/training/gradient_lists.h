// Gradients as LibTorch's fused updates want them.
#pragma once

#include <span>
#include <vector>

#include "kernels/gradient_piece.h"

namespace vae {

/// Lists of tensors, one element a piece.
class GradientLists {
 public:
  /// Multiplies the gradients by `scale`, where it is defined.
  GradientLists(std::span<const GradientPiece> pieces, const Tensor& scale) : pieces_(pieces) {
    for (const GradientPiece& piece : pieces) {
      gradients_.push_back(piece.gradients.as_strided({piece.gradients.numel()}, {1}));
      if (scale.defined()) gradients_.back().mul_(scale);
    }
  }

  const std::vector<Tensor>& gradients() const { return gradients_; }

  /// What belongs to them in a flat buffer.
  std::vector<Tensor> parts_of(const Tensor& buffer) const {
    std::vector<Tensor> parts;
    for (const GradientPiece& piece : pieces_) {
      parts.push_back(buffer.narrow(0, piece.offset, piece.gradients.numel()));
    }
    return parts;
  }

 private:
  std::span<const GradientPiece> pieces_;
  std::vector<Tensor> gradients_;
};

}  // namespace vae
