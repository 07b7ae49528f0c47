// Draws and divergence of Gaussians with a diagonal covariance.
#pragma once

#include "core/tensor.h"

namespace vae {

// `parameters`, [N, 2 latent], are the means and behind them the logarithms of the variances, as an encoder
// gives them: cut into halves, they would be put together again for its gradient.

/// mean + exp(log_variance / 2) eps: eps [..., N, latent]. float32 on the processor takes one pass each way,
/// within 3 units in the last place of the terms.
Tensor reparameterize(const Tensor& parameters, const Tensor& eps);

/// KL(N(mean, exp(log_variance)) || N(0, 1)) = (mean^2 + exp(log_variance) - 1 - log_variance) / 2 in nats,
/// elementwise, [N, latent].
Tensor kl_to_standard_normal(const Tensor& parameters);

/// Sum over the last dimension of log N(z; mean, exp(log_variance)) in nats: z [..., N, latent] gives [...,
/// N].
Tensor diagonal_gaussian_log_prob(const Tensor& z, const Tensor& parameters);

namespace reference {
Tensor reparameterize(const Tensor& parameters, const Tensor& eps);
Tensor kl_to_standard_normal(const Tensor& parameters);
Tensor diagonal_gaussian_log_prob(const Tensor& z, const Tensor& parameters);
}  // namespace reference

}  // namespace vae
