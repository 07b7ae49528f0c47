// Masked autoencoder for distribution estimation: a network whose outputs keep to an order of its inputs.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "core/random.h"
#include "core/tensor.h"

namespace vae {

/// Which dimensions come before which.
enum class Ordering { ascending, descending };

struct MadeSetting {
  int64_t dimensions = 0;
  int64_t context = 0;          // numbers given beside them, which every output may see
  std::vector<int64_t> hidden;  // widths of the hidden layers
  int64_t outputs = 1;          // of each dimension
  Ordering ordering = Ordering::ascending;
};

/// The function that a Made computes with the weights of one moment, masked already.
class AutoregressiveFunction {
 public:
  struct Layer {
    Tensor weight;  // [outputs, inputs]
    Tensor bias;    // [outputs]
  };

  AutoregressiveFunction(std::vector<Layer> layers, Ordering ordering);

  /// z [..., N, dimensions] and context [N, context] to [..., N, outputs x dimensions], the outputs of
  /// one kind side by side.
  Tensor operator()(const Tensor& z, const Tensor& context) const;

  /// The dimensions, each behind those that its outputs see.
  std::vector<int64_t> order(int64_t dimensions) const;

  /// The same function with its weights as constants.
  AutoregressiveFunction detached() const;

 private:
  std::vector<Layer> layers_;
  Ordering ordering_;
};

/// MADE, Germain et al. 2015: fully connected layers with masks, so that the outputs of a dimension depend on
/// the dimensions before it alone, beside the context. Every unit has a degree: it sees the dimensions up to
/// that one in the order; a weight stays where the degree does not fall (eq. 8 and 9). The context has degree
/// 0, and so have some hidden units, since there is a context to see. A hidden layer narrower than the
/// dimensions leaves some of them unseen. Nonlinearity: ELU (Clevert, Unterthiner and Hochreiter 2016).
class Made : public torch::nn::Module {
 public:
  explicit Made(const MadeSetting& setting);

  /// Draws the weights anew, uniform with variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010, eq. 16),
  /// where only weights that the masks leave count, on average. Biases become 0.
  void initialize(Random& random);

  AutoregressiveFunction function() const;

  /// Of the last layer, [outputs, dimensions].
  Tensor output_bias() const;

 private:
  struct Layer;

  Tensor dimension_degrees() const;
  std::vector<Tensor> masks() const;

  MadeSetting setting_;
  std::vector<std::shared_ptr<Layer>> layers_;
};

}  // namespace vae
