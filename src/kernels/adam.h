// The update of Adam.
#pragma once

#include <span>

#include "core/tensor.h"
#include "kernels/gradient_piece.h"

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

/// One pass over dense float32 buffers on the processor: values, and of the same size the running means of
/// gradients and of their squares, where there are gradients. Numbers too small for a normal float become 0
/// in the means: where no gradient but zero ever comes they would be small for good, and slow.
void update_adam(const AdamUpdate& update, const Tensor& values, std::span<const GradientPiece> gradients,
                 const Tensor& first, const Tensor& second);

}  // namespace vae
