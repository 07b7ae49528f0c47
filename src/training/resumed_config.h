// What may differ from a checkpoint's config when its run goes on.
#pragma once

#include "training/checkpoint.h"
#include "training/config.h"

namespace vae {

/// The config with which the run of a checkpoint may go on: its own, or `wanted` where it differs only in
/// training.epochs and other keys that prolong or report. UsageError naming every other key that differs, and
/// for fewer epochs than the run has behind it.
Config resumed_config(const Checkpoint& checkpoint, const Config& wanted);

}  // namespace vae
