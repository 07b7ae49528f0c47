// The list of networks.
#pragma once

#include <memory>

#include "config/one_of.h"
#include "model/conv.h"
#include "model/mlp.h"
#include "model/resnet.h"

namespace vae {

using NetworkConfig = OneOf<MlpConfig, ConvConfig, ResnetConfig>;

/// Whether the outputs of such an encoder belong to places in the picture, the same number at each.
inline bool gives_map(const NetworkConfig& config) {
  const auto* resnet = config.get_if<ResnetConfig>();
  return resnet && resnet->spatial;
}

/// UsageError where the network cannot serve the setting. Where it gives a map, the outputs are a multiple of
/// the latents.
inline std::shared_ptr<Encoder> make_encoder(const NetworkConfig& config, const EncoderSetting& setting) {
  return config.visit([&](const auto& row) { return make_encoder(row, setting); });
}

inline std::shared_ptr<Decoder> make_decoder(const NetworkConfig& config, const DecoderSetting& setting) {
  return config.visit([&](const auto& row) { return make_decoder(row, setting); });
}

}  // namespace vae
