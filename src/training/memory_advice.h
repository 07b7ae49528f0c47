// What to say where memory ends.
#pragma once

#include <string>

#include "core/error.h"
#include "training/trainer.h"

namespace vae {

/// The most that this process has had so far: "512.3 MiB resident", or what LibTorch's allocator took of a
/// card and what of that was in use at once, "812.0 MiB of cuda:0, 640.5 MiB in use".
std::string memory_peak(torch::Device device);

/// To be thrown where a step on `batch` ran out of memory: with the peak so far, and the largest of 1/2, 1/4,
/// ... of the batch on which a step succeeds. Takes steps to find it: the trainer is of no use afterwards.
MemoryError out_of_memory_at(Trainer& trainer, const Batch& batch);

}  // namespace vae
