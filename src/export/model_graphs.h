// A model's encoder and decoder as graphs.
#pragma once

#include "export/graph.h"
#include "model/vae.h"

namespace vae {

/// Inputs: "pixels" [N, C, H, W], and "labels" [N] of a model that is conditioned on classes. Outputs: "mu"
/// and "sigma", [N, latent], "scale" of a full covariance, and "parameters", all that the network gives.
/// UsageError naming the key of what can't be exported.
Graph encoder_graph(const ModelConfig& config, const Vae& model);

/// Inputs: "z" [N, latent], and "labels". Outputs: "mean" [N, C, H, W], E[x | z], and "parameters", those of
/// the likelihood. UsageError naming the key of what can't be exported.
Graph decoder_graph(const ModelConfig& config, const Vae& model);

}  // namespace vae
