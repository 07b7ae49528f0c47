// The interfaces of approximate posteriors.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <optional>

#include "core/noise.h"
#include "core/random.h"
#include "core/tensor.h"
#include "distributions/latent_space.h"
#include "distributions/prior.h"

namespace vae {

/// Latents and what their posterior says of them.
struct ScoredLatents {
  Tensor z;         // [K, M, N, latent]
  Tensor log_prob;  // log q(z | x) in nats, [K, M, N]
};

/// The dimension of latents, and of the noise they are made of, that counts the pictures.
inline constexpr int64_t kPictureDimension = 2;

/// q(z | x) for each picture of a batch of N. Latents are [K, M, N, latent]: K importance samples, M outer
/// samples.
class Posterior {
 public:
  virtual ~Posterior() = default;

  /// z = g(eps, lambda), differentiable in lambda (Kingma and Welling 2014, section 2.4): [K, M, N, latent].
  /// Of categories a relaxation, whose log_prob is no density.
  virtual Tensor rsample(int64_t importance_samples, int64_t samples, Random& random) const = 0;

  /// The same draws with their log q(z | x), differentiable through both; for a flow this spares the
  /// inversion.
  virtual ScoredLatents rsample_scored(int64_t importance_samples, int64_t samples, Random& random) const {
    const Tensor z = rsample(importance_samples, samples, random);
    return {z, log_prob(z)};
  }

  /// Draws and their log q(z | x), neither differentiable. Where rsample relaxes, this does not.
  virtual ScoredLatents sample(int64_t importance_samples, int64_t samples, Random& random) const {
    const torch::NoGradGuard no_grad;
    return rsample_scored(importance_samples, samples, random);
  }

  /// log q(z | x) in nats of given z [..., N, latent]: [..., N]. UsageError where the family does not score
  /// given latents.
  virtual Tensor log_prob(const Tensor& z) const = 0;

  /// The same q with its parameters as constants: log_prob depends on z alone.
  virtual std::unique_ptr<Posterior> detached() const = 0;

  /// E[z | x]: [N, latent]; of a flow, whose mean is not known, the image of its base density's mean.
  virtual Tensor mean() const = 0;

  /// The standard deviation of each dimension of z given x, [N, latent], where a closed form is known.
  virtual std::optional<Tensor> deviation() const = 0;

  /// KL(q(z | x) || prior) in nats by latent variable, each given those before it, [N, variables], where a
  /// closed form is known.
  virtual std::optional<Tensor> kl_per_dimension(const Prior& prior) const = 0;
};

/// A family of posteriors: what the encoder's output means.
class PosteriorFamily : public torch::nn::Module {
 public:
  /// Draws anew what does not start at a constant.
  virtual void initialize(Random) {}

  /// Numbers that the encoder gives for each picture.
  virtual int64_t parameters_per_picture() const = 0;

  /// Whether they are the same few numbers for each latent dimension, [parameters, latent] in this order, as
  /// a network whose latents are a map can give them.
  virtual bool has_parameters_per_dimension() const = 0;

  virtual LatentSpace latent_space() const = 0;

  /// Whether log q(z | x) is known of any z, not only of its own draws as they are drawn.
  virtual bool scores_given_latents() const { return true; }

  /// Random words that one draw of one picture's z takes.
  virtual uint64_t words_per_draw() const {
    return static_cast<uint64_t>(latent_space().dimensions) * kWordsPerNormal;
  }

  /// The posteriors with parameters [N, parameters_per_picture()].
  virtual std::unique_ptr<Posterior> at(const Tensor& parameters) const = 0;
};

}  // namespace vae
