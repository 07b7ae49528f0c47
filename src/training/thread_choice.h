// How many threads a training uses.
#pragma once

#include <cstdint>

#include "distributed/group.h"
#include "training/config.h"

namespace vae {

/// Threads for training steps of `batch_size` pictures, of at most `available`: each has at least some
/// hundred microseconds of work, since waiting for one another takes a few. A model with convolutions takes
/// all.
int64_t threads_for_steps(const Vae& model, int64_t batch_size, int64_t available);

/// From now on as many as config.threads says; where it is 0, as many as OMP_NUM_THREADS says; without
/// either, one for each core, divided among the processes of the group that compute on the same.
void use_threads(const Config& config, const Group& group = *alone());

/// Fewer from now on where the steps are too small for that, unless somebody has said how many.
void use_threads_for_steps(const Config& config, const Vae& model, const Group& group = *alone());

}  // namespace vae
