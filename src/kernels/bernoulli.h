// The Bernoulli density of pictures.
#pragma once

#include "core/tensor.h"

namespace vae {

/// Sum over channels and pixels of log Bernoulli(x; sigmoid(logits)), in nats: x [N, C, H, W] and logits
/// [..., N, C, H, W] give [..., N]. float32 on the processor takes one pass, whose by-product is the
/// derivative; of binary x both are within 1e-6 of themselves (an exp ends at 2e-38).
Tensor bernoulli_log_prob(const Tensor& x, const Tensor& logits);

namespace reference {
Tensor bernoulli_log_prob(const Tensor& x, const Tensor& logits);
}

}  // namespace vae
