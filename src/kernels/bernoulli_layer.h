// The Bernoulli density of pictures whose logits come from a linear layer.
#pragma once

#include "core/tensor.h"
#include "kernels/linear.h"

namespace vae {

/// bernoulli_log_prob of the logits that `layer` makes of hidden [..., N, width], for pictures x [N, C, H, W]
/// with as many elements as the layer has outputs: [..., N]. In float32 on the processor, or under autocast
/// as linear_layers, one operation for autograd, which adds the bias in the density's pass, keeps one number
/// a pixel instead of three, and multiplies a row's gradient into its `width` numbers rather than into its
/// pixels.
Tensor bernoulli_log_prob_of_layer(const Tensor& x, const Tensor& hidden, const LinearLayer& layer);

namespace reference {
Tensor bernoulli_log_prob_of_layer(const Tensor& x, const Tensor& hidden, const LinearLayer& layer);
}

}  // namespace vae
