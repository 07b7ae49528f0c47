// The density of standard normal latents.
#pragma once

#include "core/tensor.h"

namespace vae {

/// Sum over the last dimension of log N(z; 0, 1) in nats: z [..., latent] gives [...]. float32 on the
/// processor takes one pass each way.
Tensor standard_normal_log_prob(const Tensor& z);

namespace reference {
Tensor standard_normal_log_prob(const Tensor& z);
}

}  // namespace vae
