#include "model/vae.h"

#include <array>
#include <vector>

#include "core/error.h"
#include "kernels/kept_rows.h"
#include "kernels/linear.h"
#include "model/layers.h"

namespace vae {
namespace {

std::shared_ptr<LabelEmbedding> make_embedding(const ModelConfig& config, int64_t classes) {
  if (!config.condition) return nullptr;
  if (classes == 0) {
    throw UsageError(
        "model.condition: the pictures have no classes; name folders after them, give data.train.labels, or "
        "set "
        "model.condition to null");
  }
  return std::make_shared<LabelEmbedding>(classes, config.condition->embedding);
}

void check_map(const NetworkConfig& encoder, const PosteriorFamily& posterior,
               const PosteriorConfig& config) {
  if (!gives_map(encoder) || posterior.has_parameters_per_dimension()) return;
  throw UsageError(
      "model.encoder: its latents are a map, but model.posterior \"{}\" has parameters that belong to no "
      "single dimension; use \"diagonal_gaussian\", or a vector of latents",
      config.type());
}

/// What z [..., N, latent], its rows one below the other, has become: of [rows, ...] the [..., N, ...].
Tensor rows_of_each(const Tensor& rows, const Tensor& z) {
  std::vector<int64_t> shape(z.sizes().begin(), z.sizes().end() - 1);
  shape.insert(shape.end(), rows.sizes().begin() + 1, rows.sizes().end());
  return rows.view(shape);
}

}  // namespace

Vae::Vae(const ModelConfig& config, const PictureShape& picture, uint64_t seed, int64_t classes)
    : picture_(picture),
      likelihood_(register_module("likelihood", make_likelihood(config.likelihood, picture.channels))),
      posterior_(register_module("posterior", make_posterior(config.posterior, config.latent))),
      embedding_(make_embedding(config, classes)) {
  prior_ = register_module("prior",
                           make_prior(config.prior, prior_setting(config, *posterior_, picture, classes)));
  if (embedding_) register_module("embedding", embedding_);
  const int64_t condition = embedding_ ? config.condition->embedding : 0;
  if (config.encoder) {
    check_map(*config.encoder, *posterior_, config.posterior);
    const EncoderSetting setting = {.picture = picture,
                                    .outputs = posterior_->parameters_per_picture(),
                                    .condition = condition,
                                    .latent = latent()};
    encoder_ = register_module("encoder", make_encoder(*config.encoder, setting));
  }
  const PictureShape parameters = {likelihood_->parameter_channels(picture.channels), picture.height,
                                   picture.width};
  decoder_ = register_module(
      "decoder", make_decoder(config.decoder,
                              {.latent = config.latent, .parameters = parameters, .condition = condition}));
  prior_->use_encoder([this](const Tensor& x, const Tensor& labels) { return encode(x, labels); });
  initialize_layers(*this, seed);
  posterior_->initialize(Random(seed, "initialize/posterior"));
  prior_->initialize(Random(seed, "initialize/prior"));
  if (embedding_) embedding_->initialize(Random(seed, "initialize/embedding"));
}

Tensor Vae::condition(const Tensor& labels) const {
  return embedding_ ? embedding_->forward(labels) : Tensor();
}

std::unique_ptr<Posterior> Vae::encode(const Tensor& x, const Tensor& labels) const {
  return posterior_->at(encode_parameters(x, labels));
}

// What the networks give under reduced precision becomes x's or z's type again: densities are computed in
// full.
Tensor Vae::encode_parameters(const Tensor& x, const Tensor& labels) const {
  if (!encoder_) {
    throw UsageError(
        "model.encoder: null: the model has no encoder, and finds q(z | x) of each picture by gradient steps "
        "or by a "
        "formula; what is asked for here needs an encoder");
  }
  return encoder_->forward(x, condition(labels)).to(x.scalar_type());
}

Tensor Vae::condition_of_each(const Tensor& labels, const Tensor& z) const {
  const Tensor known = condition(labels);
  if (!known.defined()) return known;
  std::vector<int64_t> shape = z.sizes().vec();
  shape.back() = known.size(-1);
  return known.expand(shape);
}

Tensor Vae::decode(const Tensor& z, const Tensor& labels) const {
  const Tensor known = condition_of_each(labels, z);
  const Tensor parameters =
      decoder_->forward(z.flatten(0, -2), known.defined() ? known.flatten(0, -2) : known).to(z.scalar_type());
  return rows_of_each(parameters, z);
}

Tensor Vae::log_likelihood(const Tensor& x, const Tensor& z, const Tensor& labels) const {
  const auto log_prob = likelihood_->log_prob_of_layer();
  if (log_prob || are_samples(z)) {
    if (const auto last = decoder_->before_parameters(z, condition_of_each(labels, z))) {
      if (log_prob) return log_prob(x, last->input, last->layer);
      const Tensor rows = linear_layers(last->input, std::array{last->layer}, RowsOf::samples);
      return likelihood_->log_prob(x, rows.to(z.scalar_type()).unflatten(-1, {-1, x.size(-2), x.size(-1)}));
    }
  }
  return likelihood_->log_prob(x, decode(z, labels));
}

void Vae::start_at_mean(const Tensor& mean) {
  decoder_->set_output(likelihood_->parameters_for_mean(decoder_->nearest_constant(mean)));
  prior_->start_at_mean(mean);
}

torch::TensorOptions Vae::options() const { return parameters().front().options(); }

}  // namespace vae
