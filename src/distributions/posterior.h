// The interfaces of approximate posteriors.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <optional>

#include "core/random.h"
#include "core/tensor.h"
#include "distributions/prior.h"

namespace vae {

/// q(z | x) for each picture of a batch of N. Latents are [K, M, N, latent]: K importance samples, M outer
/// samples.
class Posterior {
 public:
  virtual ~Posterior() = default;

  /// z = g(eps, lambda), differentiable in lambda (Kingma and Welling 2014, section 2.4): [K, M, N, latent].
  virtual Tensor rsample(int64_t importance_samples, int64_t samples, Random& random) const = 0;

  /// log q(z | x) in nats, z [..., N, latent]: [..., N].
  virtual Tensor log_prob(const Tensor& z) const = 0;

  /// E[z | x]: [N, latent].
  virtual Tensor mean() const = 0;

  /// KL(q(z | x) || prior) in nats by latent dimension, each given those before it, [N, latent], where a
  /// closed form is known.
  virtual std::optional<Tensor> kl_per_dimension(const Prior& prior) const = 0;
};

/// A family of posteriors: what the encoder's output means.
class PosteriorFamily : public torch::nn::Module {
 public:
  /// Numbers that the encoder gives for each picture.
  virtual int64_t parameters_per_picture() const = 0;

  /// The posteriors with parameters [N, parameters_per_picture()].
  virtual std::unique_ptr<Posterior> at(const Tensor& parameters) const = 0;
};

}  // namespace vae
