// Encoder and decoder of residual blocks.
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

struct ResnetConfig {
  static constexpr std::string_view kType = "resnet";
  static constexpr std::string_view kHelp =
      "Residual blocks with group norm and, where wanted, self-attention, for any size; latents a vector or "
      "a map, as in KL autoencoders.";
  std::vector<int64_t> channels = {64, 128, 256};
  int64_t blocks = 2;
  int64_t groups = 8;
  int64_t attention = 0;
  Activation activation = Activation::silu;
  bool spatial = false;
  bool operator==(const ResnetConfig&) const = default;
};

inline constexpr auto fields(Tag<ResnetConfig>) {
  return std::tuple{
      field("channels", &ResnetConfig::channels, positive,
            "Channels of each level from the picture inwards; each level after the first has half the size "
            "of the one before. The decoder goes the other way."),
      field("blocks", &ResnetConfig::blocks, positive, "Residual blocks of each level."),
      field(
          "groups", &ResnetConfig::groups, positive,
          "Groups of channels that are normalised together; each level's channels are a multiple, and twice "
          "as many at least."),
      field("attention", &ResnetConfig::attention, non_negative,
            "Self-attention follows each block of the levels whose sides are at most so long; 0 for none."),
      field("activation", &ResnetConfig::activation, "Nonlinearity after each normalisation."),
      field("spatial", &ResnetConfig::spatial,
            "Whether the latents are a map of the size of the innermost level, so that model.latent is a "
            "multiple of its places; else a vector."),
  };
}

/// Error where the groups do not fit the channels.
std::optional<std::string> check(const ResnetConfig& config);

/// UsageError where the picture is too small to be halved between the levels, or the latents fill no map.
std::shared_ptr<Encoder> make_encoder(const ResnetConfig& config, const EncoderSetting& setting);
std::shared_ptr<Decoder> make_decoder(const ResnetConfig& config, const DecoderSetting& setting);

}  // namespace vae
