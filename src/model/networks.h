// The list of networks.
#pragma once

#include <memory>

#include "config/one_of.h"
#include "model/conv.h"
#include "model/mlp.h"

namespace vae {

using NetworkConfig = OneOf<MlpConfig, ConvConfig>;

/// UsageError where the network cannot serve the setting.
inline std::shared_ptr<Encoder> make_encoder(const NetworkConfig& config, const EncoderSetting& setting) {
  return config.visit([&](const auto& row) { return make_encoder(row, setting); });
}

inline std::shared_ptr<Decoder> make_decoder(const NetworkConfig& config, const DecoderSetting& setting) {
  return config.visit([&](const auto& row) { return make_decoder(row, setting); });
}

}  // namespace vae
