#include "export/model_graphs.h"

#include <optional>
#include <vector>

#include "core/error.h"
#include "export/graph_builder.h"
#include "export/likelihood_mean.h"
#include "export/networks.h"
#include "export/posterior_outputs.h"

namespace vae {
namespace {

std::vector<int64_t> dimensions(const PictureShape& shape) {
  return {shape.channels, shape.height, shape.width};
}

/// What the networks are told of the pictures' classes; nothing without a condition.
std::optional<Value> condition(GraphBuilder& builder, const Vae& model) {
  if (model.classes() == 0) return std::nullopt;
  const Value labels = builder.input({.name = "labels",
                                      .meaning = "Numbers of the pictures' classes, from 0",
                                      .shape = {},
                                      .type = torch::kLong});
  return gather(builder.weight("embedding.weight"), labels, 0);
}

}  // namespace

Graph encoder_graph(const ModelConfig& config, const Vae& model) {
  if (!config.encoder) {
    throw UsageError("model.encoder: null: the model has no encoder; add --part decoder to leave it out");
  }
  GraphBuilder builder(model);
  const PictureShape& picture = model.picture();
  const Value x =
      builder.input({.name = "pixels", .meaning = "Pictures x, from 0 to 1", .shape = dimensions(picture)});
  const Value parameters = encode(*config.encoder, x, condition(builder, model), picture);
  add_outputs(config.posterior, parameters, model.latent());
  builder.output(parameters, {.name = "parameters",
                              .meaning = "The parameters of q(z | x) as the network gives them",
                              .shape = {model.posterior().parameters_per_picture()}});
  return builder.finish("encoder", "q(z | x): where a variational autoencoder sees pictures");
}

Graph decoder_graph(const ModelConfig& config, const Vae& model) {
  GraphBuilder builder(model);
  const PictureShape& picture = model.picture();
  const PictureShape shape = {model.likelihood().parameter_channels(picture.channels), picture.height,
                              picture.width};
  const Value z = builder.input({.name = "z", .meaning = "Latents", .shape = {model.latent()}});
  const Value parameters = decode(config.decoder, z, condition(builder, model), shape);
  builder.output(mean_of(config.likelihood, parameters, picture.channels),
                 {.name = "mean", .meaning = "E[x | z]", .shape = dimensions(picture)});
  builder.output(parameters, {.name = "parameters",
                              .meaning = "The parameters of p(x | z) as the network gives them",
                              .shape = dimensions(shape)});
  return builder.finish("decoder", "p(x | z): pictures from the latents of a variational autoencoder");
}

}  // namespace vae
