// From where a run goes on.
#pragma once

#include "training/checkpoint.h"
#include "training/run_folder.h"

namespace vae {

/// The last checkpoint of the run; where it can't be read, the one with the most steps of those that can,
/// with a warning that names both. CheckpointError, that of the last one, where none can.
Checkpoint newest_checkpoint(const RunFolder& folder);

}  // namespace vae
