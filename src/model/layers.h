// The layers that networks are made of: affine maps, normalisation, and the activation that follows.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/random.h"
#include "core/tensor.h"
#include "kernels/linear.h"
#include "model/activation.h"

namespace vae {

/// A map with a weight and, mostly, a bias. Weights start uniform with variance 2 / (fan_in + fan_out)
/// (Glorot and Bengio 2010, eq. 16), before a rectifier too: with the larger start of He et al. 2015 MNIST
/// ends 0.8 nats lower. Biases start at 0.
class Layer : public torch::nn::Module {
 public:
  virtual Tensor forward(const Tensor& x) const = 0;

  /// Draws the weights anew.
  void initialize(Random random);

  Tensor weight;
  Tensor bias;  // undefined where there is none

 protected:
  /// fan_in and fan_out: inputs that reach one output, and outputs that one input reaches; gain: what the
  /// weights are multiplied by at the start; biases: how many, 0 for none.
  Layer(std::vector<int64_t> weight_shape, int64_t biases, double fan_in, double fan_out,
        Activation activation, double gain = 1);

  Activation activation() const { return activation_; }
  Tensor activated(const Tensor& x) const { return activate(x, activation_); }

 private:
  double fan_in_;
  double fan_out_;
  double gain_;
  Activation activation_;
};

/// activation(x W^T + b): [..., inputs] to [..., outputs].
class Linear : public Layer {
 public:
  Linear(int64_t inputs, int64_t outputs, Activation activation, double gain = 1);
  Tensor forward(const Tensor& x) const override;

  /// As the fused operation takes it; nothing where it does not know the activation.
  std::optional<LinearLayer> fused() const;
};

/// x W^T, without a bias: [..., inputs] to [..., outputs].
class Projection : public Layer {
 public:
  Projection(int64_t inputs, int64_t outputs);
  Tensor forward(const Tensor& x) const override;
};

/// activation(conv(x) + b), kernel 3, padding 1: every side stays.
class Convolution : public Layer {
 public:
  Convolution(int64_t inputs, int64_t outputs, Activation activation, double gain = 1);
  Tensor forward(const Tensor& x) const override;
};

/// activation(conv(x) + b), kernel 4, stride 2, padding 1: a side of s becomes floor(s / 2).
class Downsample : public Layer {
 public:
  Downsample(int64_t inputs, int64_t outputs, Activation activation);
  Tensor forward(const Tensor& x) const override;
};

/// The transposed map: [N, inputs, h, w] to [N, outputs, height, width], where height is 2h or 2h + 1,
/// likewise width.
class Upsample : public Layer {
 public:
  Upsample(int64_t inputs, int64_t outputs, int64_t height, int64_t width, Activation activation);
  Tensor forward(const Tensor& x) const override;

 private:
  int64_t height_;
  int64_t width_;
};

/// Each picture's groups of neighbouring channels, with all their places, are brought to mean 0 and variance
/// 1, then activation(weight x + bias) by channel (Wu and He 2018). x: [N, channels, h, w]; the layout stays.
/// Starts with weight 1 and bias 0.
class GroupNorm : public torch::nn::Module {
 public:
  GroupNorm(int64_t channels, int64_t groups, Activation activation);
  Tensor forward(const Tensor& x) const;

  Tensor weight;
  Tensor bias;

 private:
  int64_t groups_;
  Activation activation_;
};

/// Draws the weights of every layer below `root` from a stream of (seed, the layer's name).
void initialize_layers(torch::nn::Module& root, uint64_t seed);

}  // namespace vae
