// The beginning of a run at another run's weights.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "training/checkpoint.h"

namespace vae {

/// What came of it: how many tensors were taken, and a line for each that has no counterpart of its shape on
/// the other side.
struct WarmStart {
  int64_t taken = 0;
  std::vector<std::string> misfits = {};

  /// "12 tensors taken, 2 left: ...", with no more than a few named.
  std::string summary() const;
};

/// Copies the checkpoint's weights, averaged ones where it has them, into the tensors of the model that have
/// the same name and shape. CheckpointError where there is none.
WarmStart take_weights(Vae& model, const Checkpoint& checkpoint);

}  // namespace vae
