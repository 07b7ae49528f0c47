// Classes as vectors of learned numbers.
#pragma once

#include <torch/nn/module.h>

#include "core/random.h"
#include "core/tensor.h"

namespace vae {

/// One vector for each class, standard normal at the start.
class LabelEmbedding : public torch::nn::Module {
 public:
  LabelEmbedding(int64_t classes, int64_t size);

  void initialize(Random random);

  /// The vectors [N, size] of labels [N].
  Tensor forward(const Tensor& labels) const { return weight.index_select(0, labels); }

  int64_t classes() const { return weight.size(0); }

  Tensor weight;  // [classes, size]
};

}  // namespace vae
