// Checkpoints: everything that a run needs to go on, and a user to sample, in one safetensors file.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "core/tensor.h"
#include "model/vae.h"
#include "training/config.h"
#include "training/state.h"

namespace vae {

/// Tensors: parameters and buffers under their module names; `ema.<parameter>` where an average is kept;
/// `optimizer.<parameter>.<buffer>` and `optimizer.updates`; `training.sums`. Metadata: format, config,
/// state, pictures.
struct Checkpoint {
  Config config;
  TrainingState state = {};
  PictureDescription pictures = {};
  std::map<std::string, Tensor> tensors = {};
  std::filesystem::path path = {};  // where it was read from

  /// Atomically. IoError.
  void save(const std::filesystem::path& file) const;

  /// CheckpointError for a file that is damaged, of a newer format, or no checkpoint of this program.
  static Checkpoint load(const std::filesystem::path& file);

  /// Copies a tensor of the same shape; CheckpointError, naming it, where it is missing or has another shape.
  void copy_to(const std::string& name, const Tensor& target) const;

  /// The same for the rows from `first` on of a tensor that has `count`.
  void copy_rows_to(const std::string& name, const Tensor& target, int64_t first, int64_t count) const;
};

/// A run folder's best checkpoint, else its last; any other path as it is. CheckpointError where there is
/// none.
std::filesystem::path find_checkpoint(const std::filesystem::path& file_or_run);

/// The model with its averaged weights where the checkpoint has them.
std::shared_ptr<Vae> restore_model(const Checkpoint& checkpoint, torch::Device device);

/// The weights' type under a precision.
torch::ScalarType weight_type(Precision precision);

}  // namespace vae
