// The list of inference schemes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "config/one_of.h"
#include "objectives/amortized.h"
#include "objectives/em.h"
#include "objectives/per_object.h"
#include "objectives/semi_amortized.h"

namespace vae {

using InferenceConfig = OneOf<AmortizedConfig, SemiAmortizedConfig, PerObjectConfig, EmConfig>;

/// The complaint about a scheme that does not go with the model.
std::optional<std::string> check_inference(const InferenceConfig& config, const ModelConfig& model);

/// For training on so many pictures of the model by the processes of a group; 0 for none, where only infer()
/// will be called.
std::shared_ptr<Inference> make_inference(const InferenceConfig& config, const ModelConfig& model_config,
                                          const Vae& model, int64_t pictures,
                                          std::shared_ptr<const Group> group = alone());

}  // namespace vae
