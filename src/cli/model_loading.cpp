#include "cli/model_loading.h"

#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "core/device.h"
#include "core/error.h"
#include "training/restore.h"

namespace vae {

LoadedModel load_model(const std::filesystem::path& file_or_run, const std::string& device_name,
                       int64_t local_rank) {
  const torch::Device device = open_device(device_name, local_rank);
  Checkpoint checkpoint = Checkpoint::load(find_checkpoint(file_or_run));
  std::shared_ptr<Vae> model = restore_model(checkpoint, device);
  spdlog::debug("{}: step {}, pictures of {}, {} latents, on {}", checkpoint.path.string(),
                checkpoint.state.step, to_string(model->picture()), model->latent(), device.str());
  std::shared_ptr<const Inference> inference = restore_inference(checkpoint, *model);
  return {std::move(checkpoint), std::move(model), std::move(inference), device};
}

int64_t validation_samples(const Checkpoint& checkpoint) {
  return make_objective(checkpoint.config.objective, checkpoint.pictures.shape())->validation_samples();
}

void require_condition(const LoadedModel& loaded, const std::string& option) {
  if (loaded.model->classes() > 0) return;
  throw UsageError("{}: {} is not conditioned on classes (model.condition); leave the option out", option,
                   loaded.checkpoint.path.string());
}

void require_encoder(const LoadedModel& loaded, const std::string& what) {
  if (loaded.model->has_encoder()) return;
  throw UsageError("{}: {} has no encoder, which this needs (its inference is \"{}\")", what,
                   loaded.checkpoint.path.string(), loaded.checkpoint.config.inference.type());
}

Tensor labels_of_class(const LoadedModel& loaded, const std::string& name, int64_t count) {
  if (!name.empty()) require_condition(loaded, "--class " + name);
  if (loaded.model->classes() == 0) return {};
  if (name.empty()) {
    throw UsageError("{}: the model is conditioned on classes; add --class with one of {}",
                     loaded.checkpoint.path.string(), fmt::join(loaded.checkpoint.pictures.classes, ", "));
  }
  return torch::full({count}, class_index(loaded.checkpoint, name),
                     torch::dtype(torch::kLong).device(loaded.device));
}

int64_t class_index(const Checkpoint& checkpoint, const std::string& name) {
  const std::vector<std::string>& classes = checkpoint.pictures.classes;
  const auto found = std::find(classes.begin(), classes.end(), name);
  if (found != classes.end()) return found - classes.begin();
  throw UsageError("--class {}: no class of {}; its classes are {}", name, checkpoint.path.string(),
                   fmt::join(classes, ", "));
}

}  // namespace vae
