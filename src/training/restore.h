// What a checkpoint's model needs beside its weights, to be used by whoever loads it.
#pragma once

#include <memory>

#include "data/batches.h"
#include "objectives/inference.h"
#include "training/checkpoint.h"

namespace vae {

/// What gives q(z | x) of any pictures, for the model restored from the checkpoint.
std::shared_ptr<const Inference> restore_inference(const Checkpoint& checkpoint, const Vae& model);

/// A data set as the model restored from the checkpoint sees it: under the run's observation, labelled with
/// its classes where it is conditioned on them, on its device and of its type. DataError where the pictures
/// have another size, or a class that the model does not know.
Pictures observe(std::shared_ptr<const Dataset> source, const Checkpoint& checkpoint, const Vae& model);

}  // namespace vae
