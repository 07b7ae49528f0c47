// The update of Adam.
#pragma once

#include "core/tensor.h"

namespace vae {

/// The constants of one update (Kingma and Ba 2015, algorithm 1; Loshchilov and Hutter 2019, algorithm 2).
struct AdamUpdate {
  double learning_rate;
  double beta1, beta2, epsilon;
  double weight_decay;
  bool decays_weights;        // the weights themselves (AdamW), else their gradient (Adam)
  int64_t updates;            // this one counted
  double gradient_scale = 1;  // of clipping
};

/// One pass over dense float32 buffers of one size on the processor: values, gradients, and the running means
/// of gradients and of their squares. Numbers too small for a normal float become 0 in those: where no
/// gradient ever comes they would be small for good, and slow.
void update_adam(const AdamUpdate& update, const Tensor& values, const Tensor& gradients, const Tensor& first,
                 const Tensor& second);

}  // namespace vae
