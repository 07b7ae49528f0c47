// Encoder and decoder of fully connected layers.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "config/fields.h"
#include "model/activation.h"
#include "model/network.h"

namespace vae {

struct MlpConfig {
  static constexpr std::string_view kType = "mlp";
  static constexpr std::string_view kHelp = "Fully connected layers.";
  std::vector<int64_t> hidden = {400};
  Activation activation = Activation::relu;
  bool operator==(const MlpConfig&) const = default;
};

inline constexpr auto fields(Tag<MlpConfig>) {
  return std::tuple{
      field("hidden", &MlpConfig::hidden, positive,
            "Widths of the hidden layers from the picture inwards; the decoder goes the other way. [] is "
            "linear."),
      field("activation", &MlpConfig::activation, "Nonlinearity after each hidden layer."),
  };
}

std::shared_ptr<Encoder> make_encoder(const MlpConfig& config, const EncoderSetting& setting);
std::shared_ptr<Decoder> make_decoder(const MlpConfig& config, const DecoderSetting& setting);

}  // namespace vae
