// The interfaces of encoder and decoder networks.
#pragma once

#include <torch/nn/module.h>

#include "core/tensor.h"

namespace vae {

/// Pictures [N, C, H, W] to the posterior's parameters [N, outputs].
class Encoder : public torch::nn::Module {
 public:
  virtual Tensor forward(const Tensor& x) const = 0;
};

/// Latents [N, latent] to the likelihood's parameters [N, channels, H, W].
class Decoder : public torch::nn::Module {
 public:
  virtual Tensor forward(const Tensor& z) const = 0;

  /// Of pictures [C, H, W] the nearest that the bias of the output alone can give.
  virtual Tensor nearest_constant(const Tensor& picture) const = 0;

  /// Sets the bias of the output so that, but for z, the decoder gives `parameters` [channels, H, W].
  virtual void set_output(const Tensor& parameters) = 0;
};

}  // namespace vae
