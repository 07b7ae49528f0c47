// Draws and divergence of Gaussians with a diagonal covariance.
#pragma once

#include "core/tensor.h"

namespace vae {

/// mean + exp(log_variance / 2) eps: mean and log_variance [N, latent], eps [..., N, latent]. float32 on the
/// processor takes one pass each way, within 3 units in the last place of the terms.
Tensor reparameterize(const Tensor& mean, const Tensor& log_variance, const Tensor& eps);

/// KL(N(mean, exp(log_variance)) || N(0, 1)) = (mean^2 + exp(log_variance) - 1 - log_variance) / 2 in nats,
/// elementwise, [N, latent].
Tensor kl_to_standard_normal(const Tensor& mean, const Tensor& log_variance);

/// Sum over the last dimension of log N(z; mean, exp(log_variance)) in nats: z [..., N, latent] gives [...,
/// N].
Tensor diagonal_gaussian_log_prob(const Tensor& z, const Tensor& mean, const Tensor& log_variance);

namespace reference {
Tensor reparameterize(const Tensor& mean, const Tensor& log_variance, const Tensor& eps);
Tensor kl_to_standard_normal(const Tensor& mean, const Tensor& log_variance);
Tensor diagonal_gaussian_log_prob(const Tensor& z, const Tensor& mean, const Tensor& log_variance);
}  // namespace reference

}  // namespace vae
