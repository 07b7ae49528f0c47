// The networks of model/networks.h as graphs.
#pragma once

#include <optional>

#include "export/expression.h"
#include "model/networks.h"

namespace vae {

/// The posterior's parameters [N, outputs] of pictures x [N, C, H, W], with the embedding of their classes,
/// [N, numbers], where there is one. UsageError for a network that has no graph.
Value encode(const NetworkConfig& network, const Value& x, const std::optional<Value>& condition,
             const PictureShape& picture);

/// The likelihood's parameters, pictures of the given shape, [N, channels, H, W], at z [N, latent].
/// UsageError for a network that has no graph.
Value decode(const NetworkConfig& network, const Value& z, const std::optional<Value>& condition,
             const PictureShape& parameters);

}  // namespace vae
