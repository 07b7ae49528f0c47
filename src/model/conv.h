// Encoder and decoder of strided convolutions.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/fields.h"
#include "model/activation.h"
#include "model/network.h"

namespace vae {

struct ConvConfig {
  static constexpr std::string_view kType = "conv";
  static constexpr std::string_view kHelp =
      "Strided 4x4 convolutions; each halves the picture, for any size.";
  std::vector<int64_t> channels = {32, 64, 128};
  Activation activation = Activation::relu;
  bool operator==(const ConvConfig&) const = default;
};

inline constexpr auto fields(Tag<ConvConfig>) {
  return std::tuple{
      field("channels", &ConvConfig::channels, positive,
            "Channels of each halving from the picture inwards; the decoder goes the other way."),
      field("activation", &ConvConfig::activation, "Nonlinearity after each convolution."),
  };
}

inline std::optional<std::string> check(const ConvConfig& config) {
  if (!config.channels.empty()) return std::nullopt;
  return "channels: expected at least one convolution; for none at all use the type \"mlp\"";
}

/// UsageError where the picture is too small to be halved as often as there are channels.
std::shared_ptr<Encoder> make_encoder(const ConvConfig& config, const EncoderSetting& setting);
std::shared_ptr<Decoder> make_decoder(const ConvConfig& config, const DecoderSetting& setting);

}  // namespace vae
