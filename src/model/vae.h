// The variational autoencoder: networks and densities put together, without a loss.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <memory>

#include "model/config.h"
#include "model/label_embedding.h"

namespace vae {

/// z ~ p(z), x ~ p(x | decoder(z)), and q(z | encoder(x)) for its posterior. Kingma and Welling 2014. Where
/// the config has a condition, all of it given the label of the picture, [N], int64, below the number of
/// classes; else labels are not looked at and may be undefined.
class Vae : public torch::nn::Module {
 public:
  /// For pictures of the given shape in so many classes, 0 where they are not known, the weights drawn from
  /// streams of `seed`. UsageError where parts do not fit each other.
  Vae(const ModelConfig& config, const PictureShape& picture, uint64_t seed, int64_t classes = 0);

  /// Its prior may hold a way back to its encoder.
  Vae(const Vae&) = delete;
  Vae& operator=(const Vae&) = delete;

  /// q(z | x), x [N, C, H, W]. UsageError for a model without an encoder.
  std::unique_ptr<Posterior> encode(const Tensor& x, const Tensor& labels = {}) const;

  /// Its parameters lambda: [N, posterior().parameters_per_picture()].
  Tensor encode_parameters(const Tensor& x, const Tensor& labels = {}) const;

  /// The likelihood's parameters at z [..., N, latent]: [..., N, parameter_channels(C), H, W].
  Tensor decode(const Tensor& z, const Tensor& labels = {}) const;

  /// log p(x | z) in nats, x [N, C, H, W], z [..., N, latent]: [..., N].
  Tensor log_likelihood(const Tensor& x, const Tensor& z, const Tensor& labels = {}) const;

  /// Lets the decoder begin at the mean picture [C, H, W] of the data, or the nearest that its output's bias
  /// can give, and the prior where it has pictures of its own.
  void start_at_mean(const Tensor& mean);

  /// Puts parameters that must stay within a set back onto it, after an optimizer step.
  void project() { likelihood_->project(); }

  bool has_encoder() const { return encoder_ != nullptr; }
  const Likelihood& likelihood() const { return *likelihood_; }
  const PosteriorFamily& posterior() const { return *posterior_; }
  const Prior& prior() const { return *prior_; }
  const PictureShape& picture() const { return picture_; }
  int64_t latent() const { return posterior_->latent_space().dimensions; }

  /// Classes that it is conditioned on, 0 for none.
  int64_t classes() const { return embedding_ ? embedding_->classes() : 0; }

  /// Type and device of the weights.
  torch::TensorOptions options() const;

 private:
  Tensor condition(const Tensor& labels) const;

  /// The condition of each of z [..., N, latent]: [..., N, condition].
  Tensor condition_of_each(const Tensor& labels, const Tensor& z) const;

  PictureShape picture_;
  std::shared_ptr<Likelihood> likelihood_;
  std::shared_ptr<PosteriorFamily> posterior_;
  std::shared_ptr<Prior> prior_;
  std::shared_ptr<LabelEmbedding> embedding_;  // null without a condition
  std::shared_ptr<Encoder> encoder_;           // null where q(z | x) comes from elsewhere
  std::shared_ptr<Decoder> decoder_;
};

}  // namespace vae
