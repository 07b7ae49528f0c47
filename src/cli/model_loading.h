// A trained model, ready for use.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "training/checkpoint.h"

namespace vae {

struct LoadedModel {
  Checkpoint checkpoint;
  std::shared_ptr<Vae> model;
  std::shared_ptr<const Inference> inference;  // that gives q(z | x) of any pictures
  torch::Device device;
};

/// From a checkpoint or a run folder, on the device as of core/device.h. CheckpointError, or UsageError for
/// the device.
LoadedModel load_model(const std::filesystem::path& file_or_run, const std::string& device,
                       int64_t local_rank = 0);

/// K of the bound by which training chose its best weights.
int64_t validation_samples(const Checkpoint& checkpoint);

/// UsageError, on behalf of `option`, for a model that is not conditioned on classes.
void require_condition(const LoadedModel& loaded, const std::string& option);

/// UsageError, on behalf of an option or command, for a model without an encoder.
void require_encoder(const LoadedModel& loaded, const std::string& what);

/// Labels [count] of the class that --class names; undefined for a model that is not conditioned on classes.
/// UsageError where the name is missing, or one too many.
Tensor labels_of_class(const LoadedModel& loaded, const std::string& name, int64_t count);

/// The label of a class by its name. UsageError naming the classes that there are.
int64_t class_index(const Checkpoint& checkpoint, const std::string& name);

}  // namespace vae
