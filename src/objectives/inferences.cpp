#include "objectives/inferences.h"

#include <fmt/format.h>

#include <utility>

namespace vae {
namespace {

bool uses_encoder(const InferenceConfig& config) {
  return config.is<AmortizedConfig>() || config.is<SemiAmortizedConfig>();
}

bool is_flow(const PosteriorConfig& posterior) {
  return posterior.is<IafConfig>() || posterior.is<PlanarConfig>();
}

std::optional<std::string> check_exact(const EmConfig& config, const ModelConfig& model) {
  if (!config.e_step.is<ExactEStepConfig>()) return std::nullopt;
  const std::optional<std::string> complaint = check_linear_gaussian(model);
  if (!complaint) return std::nullopt;
  return "inference.e_step: \"exact\" " + *complaint;
}

}  // namespace

std::optional<std::string> check_inference(const InferenceConfig& config, const ModelConfig& model) {
  if (uses_encoder(config)) {
    if (model.encoder) return std::nullopt;
    return fmt::format("inference.type: \"{}\" takes q(z | x) from the encoder, but model.encoder is null",
                       config.type());
  }
  if (is_flow(model.posterior)) {
    return fmt::format(
        "inference.type: \"{}\" has parameters for each picture, and model.posterior \"{}\" others for all "
        "that an "
        "encoder is to go with; use \"diagonal_gaussian\" or \"full_gaussian\"",
        config.type(), model.posterior.type());
  }
  if (model.encoder) {
    return fmt::format(
        "inference.type: \"{}\" finds q(z | x) of each picture by itself, and would leave model.encoder "
        "without any use; "
        "set it to null",
        config.type());
  }
  if (const auto* em = config.get_if<EmConfig>()) return check_exact(*em, model);
  return std::nullopt;
}

std::shared_ptr<Inference> make_inference(const InferenceConfig& config, const ModelConfig& model_config,
                                          const Vae& model, int64_t pictures,
                                          std::shared_ptr<const Group> group) {
  const InferenceSetting setting = {.model = model_config,
                                    .parameters_per_picture = model.posterior().parameters_per_picture(),
                                    .elements = model.picture().elements(),
                                    .pictures = pictures,
                                    .options = model.options(),
                                    .group = std::move(group)};
  return config.visit([&](const auto& row) { return make_inference(row, setting); });
}

}  // namespace vae
