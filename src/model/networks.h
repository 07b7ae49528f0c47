// The list of networks.
#pragma once

#include <memory>

#include "config/one_of.h"
#include "model/conv.h"
#include "model/mlp.h"

namespace vae {

using NetworkConfig = OneOf<MlpConfig, ConvConfig>;

inline std::shared_ptr<Encoder> make_encoder(const NetworkConfig& config, const PictureShape& picture,
                                             int64_t outputs) {
  return config.visit([&](const auto& row) { return make_encoder(row, picture, outputs); });
}

inline std::shared_ptr<Decoder> make_decoder(const NetworkConfig& config, int64_t latent,
                                             const PictureShape& parameters) {
  return config.visit([&](const auto& row) { return make_decoder(row, latent, parameters); });
}

}  // namespace vae
