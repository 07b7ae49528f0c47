#include "export/networks.h"

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "export/layers.h"
#include "model/pyramid.h"

// The table: a row of NetworkConfig has a graph where it has an apply_encoder and an apply_decoder here.

namespace vae {
namespace {

using Condition = std::optional<Value>;

Value join(const Value& vectors, const Condition& condition) {
  return condition ? concatenate({vectors, *condition}, 1) : vectors;
}

/// The condition as constant channels behind those of the maps.
Value join_maps(const Value& maps, const Condition& condition, const PictureShape& shape) {
  if (!condition) return maps;
  const Value channels = unsqueeze(unsqueeze(*condition, 2), 3);
  return concatenate({maps, expand(channels, {1, 1, shape.height, shape.width})}, 1);
}

Value mlp(Value x, const std::string& module, const MlpConfig& config) {
  for (size_t i = 0; i < config.hidden.size(); ++i) {
    x = linear(x, module + ".hidden" + std::to_string(i), config.activation);
  }
  return linear(x, module + ".output", Activation::identity);
}

Value apply_encoder(const MlpConfig& config, const Value& x, const Condition& condition,
                    const PictureShape& picture) {
  return mlp(join(reshape(x, {-1, picture.elements()}), condition), "encoder.mlp", config);
}

Value apply_decoder(const MlpConfig& config, const Value& z, const Condition& condition,
                    const PictureShape& parameters) {
  return reshape(mlp(join(z, condition), "decoder.mlp", config),
                 {-1, parameters.channels, parameters.height, parameters.width});
}

Value apply_encoder(const ConvConfig& config, const Value& x, const Condition& condition,
                    const PictureShape& picture) {
  Value h = join_maps(x, condition, picture);
  for (size_t i = 0; i < config.channels.size(); ++i) {
    h = downsample(h, "encoder.down" + std::to_string(i), config.activation);
  }
  const int64_t elements = pyramid(picture, config.channels).back().elements();
  return linear(reshape(h, {-1, elements}), "encoder.output", Activation::identity);
}

Value apply_decoder(const ConvConfig& config, const Value& z, const Condition& condition,
                    const PictureShape& parameters) {
  const std::vector<PictureShape> levels = pyramid(parameters, config.channels);
  const PictureShape& smallest = levels.back();
  Value h = reshape(linear(join(z, condition), "decoder.input", config.activation),
                    {-1, smallest.channels, smallest.height, smallest.width});
  for (size_t i = levels.size() - 1; i > 0; --i) {
    const PictureShape& below = levels[i - 1];
    h = upsample(h, "decoder.up" + std::to_string(levels.size() - 1 - i), below.height % 2, below.width % 2,
                 i == 1 ? Activation::identity : config.activation);
  }
  return h;
}

[[noreturn]] void refuse(std::string_view key, std::string_view type) {
  throw UsageError("{}: \"{}\" can't be exported; \"mlp\" and \"conv\" can", key, type);
}

}  // namespace

Value encode(const NetworkConfig& network, const Value& x, const Condition& condition,
             const PictureShape& picture) {
  return network.visit([&]<class Row>(const Row& row) -> Value {
    if constexpr (requires { apply_encoder(row, x, condition, picture); }) {
      return apply_encoder(row, x, condition, picture);
    } else {
      refuse("model.encoder.type", Row::kType);
    }
  });
}

Value decode(const NetworkConfig& network, const Value& z, const Condition& condition,
             const PictureShape& parameters) {
  return network.visit([&]<class Row>(const Row& row) -> Value {
    if constexpr (requires { apply_decoder(row, z, condition, parameters); }) {
      return apply_decoder(row, z, condition, parameters);
    } else {
      refuse("model.decoder.type", Row::kType);
    }
  });
}

}  // namespace vae
