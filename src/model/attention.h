// Self-attention over the places of a map.
#pragma once

#include <torch/nn/module.h>

#include <memory>

#include "core/tensor.h"
#include "model/layers.h"

namespace vae {

/// x + W softmax(q k^T / sqrt(C)) v + b over the places of a map x [N, C, h, w], where q, k and v are linear
/// in the group-normalised x (Vaswani et al. 2017, eq. 1; one head and no positions, as in Rombach et al.
/// 2022). They have no bias: of the keys' nothing would be left by the softmax, the others' are in the norm's
/// and in b.
class SelfAttention : public torch::nn::Module {
 public:
  /// gain: what W is multiplied by at the start.
  SelfAttention(int64_t channels, int64_t groups, double gain);

  Tensor forward(const Tensor& x) const;

 private:
  std::shared_ptr<GroupNorm> norm_;
  std::shared_ptr<Projection> query_;
  std::shared_ptr<Projection> key_;
  std::shared_ptr<Projection> value_;
  std::shared_ptr<Linear> output_;
};

}  // namespace vae
