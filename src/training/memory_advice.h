// What to say where memory ends.
#pragma once

#include "core/error.h"
#include "training/trainer.h"

namespace vae {

/// To be thrown where a step on `batch` ran out of memory: with the peak so far, and the largest of 1/2, 1/4,
/// ... of the batch on which a step succeeds. Takes steps to find it: the trainer is of no use afterwards.
MemoryError out_of_memory_at(Trainer& trainer, const Batch& batch);

}  // namespace vae
