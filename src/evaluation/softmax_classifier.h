// A discriminative classifier to compare a generative one with.
#pragma once

#include <cstdint>

#include "data/batches.h"
#include "evaluation/confusion.h"
#include "model/networks.h"

namespace vae {

/// How p(y | x) = softmax(network(x))_y is learned: by Adam on the cross entropy, from fresh weights.
struct SoftmaxClassifierSetting {
  NetworkConfig network;  // an encoder's
  int64_t classes = 0;
  int64_t epochs = 1;
  int64_t batch_size = 128;
  bool horizontal_flip = false;
};

/// Learns from `train`, in which every picture has a class, and classifies the pictures of `batches`; a
/// function of `seed`.
Confusion softmax_classification(const SoftmaxClassifierSetting& setting, const Pictures& train,
                                 const EvaluationBatches& batches, uint64_t seed);

}  // namespace vae
