// One process's checkpoint for all processes of a run.
#pragma once

#include <functional>

#include "distributed/group.h"
#include "training/checkpoint.h"

namespace vae {

/// What `load` reads on rank 0, on every process, whether or not it sees rank 0's files.
Checkpoint load_for_all(const Group& group, const std::function<Checkpoint()>& load);

}  // namespace vae
