#include "model/vae.h"

#include <vector>

#include "model/layers.h"

namespace vae {

Vae::Vae(const ModelConfig& config, const PictureShape& picture, uint64_t seed)
    : picture_(picture),
      latent_(config.latent),
      likelihood_(register_module("likelihood", make_likelihood(config.likelihood, picture.channels))),
      posterior_(register_module("posterior", make_posterior(config.posterior, config.latent))),
      prior_(register_module("prior", make_prior(config.prior, config.latent))) {
  const PictureShape parameters = {likelihood_->parameter_channels(picture.channels), picture.height,
                                   picture.width};
  encoder_ =
      register_module("encoder", make_encoder(config.encoder, picture, posterior_->parameters_per_picture()));
  decoder_ = register_module("decoder", make_decoder(config.decoder, config.latent, parameters));
  initialize_layers(*this, seed);
}

// What the networks give under reduced precision becomes x's or z's type again: densities are computed in
// full.
std::unique_ptr<Posterior> Vae::encode(const Tensor& x) const {
  return posterior_->at(encoder_->forward(x).to(x.scalar_type()));
}

Tensor Vae::decode(const Tensor& z) const {
  const Tensor parameters = decoder_->forward(z.flatten(0, -2)).to(z.scalar_type());
  std::vector<int64_t> shape = z.sizes().vec();
  shape.pop_back();
  shape.insert(shape.end(), parameters.sizes().begin() + 1, parameters.sizes().end());
  return parameters.view(shape);
}

void Vae::start_at_mean(const Tensor& mean) {
  decoder_->set_output(likelihood_->parameters_for_mean(decoder_->nearest_constant(mean)));
}

torch::TensorOptions Vae::options() const { return parameters().front().options(); }

}  // namespace vae
