// The variational autoencoder: networks and densities put together, without a loss.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <memory>

#include "config/fields.h"
#include "distributions/likelihoods.h"
#include "distributions/posteriors.h"
#include "distributions/priors.h"
#include "model/networks.h"

namespace vae {

struct ModelConfig {
  int64_t latent = 20;
  NetworkConfig encoder = {};
  NetworkConfig decoder = {};
  PosteriorConfig posterior = {};
  PriorConfig prior = {};
  LikelihoodConfig likelihood = {};
  bool operator==(const ModelConfig&) const = default;
};

inline constexpr auto fields(Tag<ModelConfig>) {
  return std::tuple{
      field("latent", &ModelConfig::latent, closed(1, 1 << 20), "Dimensions of z."),
      field("encoder", &ModelConfig::encoder, "Network from picture to posterior."),
      field("decoder", &ModelConfig::decoder, "Network from z to the likelihood's parameters."),
      field("posterior", &ModelConfig::posterior, "q(z | x)."),
      field("prior", &ModelConfig::prior, "p(z)."),
      field("likelihood", &ModelConfig::likelihood, "p(x | z)."),
  };
}

/// z ~ p(z), x ~ p(x | decoder(z)), and q(z | encoder(x)) for its posterior. Kingma and Welling 2014.
class Vae : public torch::nn::Module {
 public:
  /// For pictures of the given shape, the weights drawn from streams of `seed`.
  Vae(const ModelConfig& config, const PictureShape& picture, uint64_t seed);

  /// q(z | x), x [N, C, H, W].
  std::unique_ptr<Posterior> encode(const Tensor& x) const;

  /// The likelihood's parameters at z [..., N, latent]: [..., N, parameter_channels(C), H, W].
  Tensor decode(const Tensor& z) const;

  /// Lets the decoder begin at the mean picture [C, H, W] of the data, or the nearest that its output's bias
  /// can give.
  void start_at_mean(const Tensor& mean);

  /// Puts parameters that must stay within a set back onto it, after an optimizer step.
  void project() { likelihood_->project(); }

  const Likelihood& likelihood() const { return *likelihood_; }
  const Prior& prior() const { return *prior_; }
  const PictureShape& picture() const { return picture_; }
  int64_t latent() const { return latent_; }

  /// Type and device of the weights.
  torch::TensorOptions options() const;

 private:
  PictureShape picture_;
  int64_t latent_;
  std::shared_ptr<Likelihood> likelihood_;
  std::shared_ptr<PosteriorFamily> posterior_;
  std::shared_ptr<Prior> prior_;
  std::shared_ptr<Encoder> encoder_;
  std::shared_ptr<Decoder> decoder_;
};

}  // namespace vae
