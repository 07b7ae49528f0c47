// The interface of densities of latents before any picture is seen.
#pragma once

#include <torch/nn/module.h>

#include "core/random.h"
#include "core/tensor.h"

namespace vae {

/// p(z) over latent vectors.
class Prior : public torch::nn::Module {
 public:
  /// Draws anew what does not start at a constant.
  virtual void initialize(Random) {}

  /// log p(z) in nats, z [..., latent]: [...].
  virtual Tensor log_prob(const Tensor& z) const = 0;

  /// `count` draws: [count, latent].
  virtual Tensor sample(int64_t count, Random& random, const torch::TensorOptions& options) const = 0;
};

}  // namespace vae
