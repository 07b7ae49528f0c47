// Encoder and decoder of fully connected layers.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "config/fields.h"
#include "data/dataset.h"
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

std::shared_ptr<Encoder> make_encoder(const MlpConfig& config, const PictureShape& picture, int64_t outputs);
std::shared_ptr<Decoder> make_decoder(const MlpConfig& config, int64_t latent,
                                      const PictureShape& parameters);

}  // namespace vae
