// The layers that networks are made of: an affine map and the activation that follows.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <string_view>
#include <vector>

#include "core/random.h"
#include "core/tensor.h"
#include "model/activation.h"

namespace vae {

/// A map with a weight and a bias. Weights start uniform with variance 2 / (fan_in + fan_out) (Glorot and
/// Bengio 2010, eq. 16), before a rectifier too: with the larger start of He et al. 2015 MNIST ends 0.8 nats
/// lower. Biases start at 0.
class Layer : public torch::nn::Module {
 public:
  virtual Tensor forward(const Tensor& x) const = 0;

  /// Draws the weights anew.
  void initialize(Random random);

  Tensor weight;
  Tensor bias;

 protected:
  /// fan_in and fan_out: inputs that reach one output, and outputs that one input reaches.
  Layer(std::vector<int64_t> weight_shape, int64_t outputs, double fan_in, double fan_out,
        Activation activation);

  Tensor activated(const Tensor& x) const { return activate(x, activation_); }

 private:
  double fan_in_;
  double fan_out_;
  Activation activation_;
};

/// activation(x W^T + b): [..., inputs] to [..., outputs].
class Linear : public Layer {
 public:
  Linear(int64_t inputs, int64_t outputs, Activation activation);
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

/// Draws the weights of every layer below `root` from a stream of (seed, the layer's name).
void initialize_layers(torch::nn::Module& root, uint64_t seed);

}  // namespace vae
