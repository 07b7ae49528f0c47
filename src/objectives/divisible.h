// Which objectives and schemes several processes can compute, each of its own pictures.
#pragma once

#include <optional>
#include <string>

#include "distributions/likelihoods.h"
#include "objectives/inferences.h"
#include "objectives/objectives.h"

namespace vae {

/// What has no meaning for a part of a batch, naming its key and what to take instead; nothing where the
/// objective and its gradient are means over pictures, each with its own share.
std::optional<std::string> indivisible(const ObjectiveConfig& objective);

/// The same for a density that is fitted to each batch.
std::optional<std::string> indivisible(const LikelihoodConfig& likelihood);

/// The same for a scheme that needs all pictures at once.
std::optional<std::string> indivisible(const InferenceConfig& inference);

}  // namespace vae
