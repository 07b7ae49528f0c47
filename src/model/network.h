// The interfaces of encoder and decoder networks.
#pragma once

#include <torch/nn/module.h>

#include <optional>

#include "core/tensor.h"
#include "data/dataset.h"
#include "kernels/linear.h"

namespace vae {

/// What an encoder is made for.
struct EncoderSetting {
  PictureShape picture;
  int64_t outputs = 0;
  int64_t condition = 0;  // numbers that say what is known of each picture, 0 for none
  int64_t latent = 0;     // dimensions of z; of interest where they are a map
};

/// What a decoder is made for.
struct DecoderSetting {
  int64_t latent = 0;
  PictureShape parameters;  // the likelihood's
  int64_t condition = 0;
};

/// Pictures x [N, C, H, W], with what is known of them, [N, condition], undefined for none, to the
/// posterior's parameters [N, outputs].
class Encoder : public torch::nn::Module {
 public:
  virtual Tensor forward(const Tensor& x, const Tensor& condition = {}) const = 0;
};

/// A network's last layer, and what arrives at it, [..., N, width].
struct LastLayer {
  Tensor input;
  LinearLayer layer;
};

/// Latents z [N, latent], with a condition as for the encoder, to the likelihood's parameters [N, channels,
/// H, W].
class Decoder : public torch::nn::Module {
 public:
  virtual Tensor forward(const Tensor& z, const Tensor& condition = {}) const = 0;

  /// The last layer, where it is linear and its outputs are the parameters [channels, H, W] in order. z is
  /// [..., N, latent], the leading dimensions those of samples, the condition [..., N, condition].
  virtual std::optional<LastLayer> before_parameters(const Tensor& /*z*/, const Tensor& /*condition*/) const {
    return std::nullopt;
  }

  /// Of pictures [C, H, W] the nearest that the bias of the output alone can give.
  virtual Tensor nearest_constant(const Tensor& picture) const = 0;

  /// Sets the bias of the output so that, but for z, the decoder gives `parameters` [channels, H, W].
  virtual void set_output(const Tensor& parameters) = 0;
};

/// Vectors [..., N, D] and the condition behind them: [..., N, D + condition].
inline Tensor join(const Tensor& vectors, const Tensor& condition) {
  return condition.defined() ? torch::cat({vectors, condition}, -1) : vectors;
}

/// Maps [N, C, h, w] and the condition as constant channels behind theirs: [N, C + condition, h, w].
inline Tensor join_maps(const Tensor& maps, const Tensor& condition) {
  if (!condition.defined()) return maps;
  const Tensor channels = condition.unsqueeze(-1).unsqueeze(-1).expand({-1, -1, maps.size(2), maps.size(3)});
  return torch::cat({maps, channels}, 1).contiguous(maps.suggest_memory_format());
}

/// The same numbers in the order that convolutions like best.
inline Tensor in_channels_last(const Tensor& maps) { return maps.contiguous(at::MemoryFormat::ChannelsLast); }

}  // namespace vae
