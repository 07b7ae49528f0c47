// The pictures by which a run shows what its model has learned.
#pragma once

#include <cstdint>

#include "core/tensor.h"
#include "data/batches.h"
#include "images/image.h"
#include "model/vae.h"
#include "objectives/inference.h"

namespace vae {

/// The first 64 of the pictures x [N, C, H, W] in [0, 1].
Image picture_grid(const Tensor& x);

/// 64 decoded means, of the same latents every time; of models that have classes, these in turn.
Image sample_grid(const Vae& model, uint64_t seed);

/// The first 32 pictures, each with its reconstruction below it.
Image reconstruction_grid(const Vae& model, const Inference& inference, const Pictures& pictures,
                          uint64_t seed);

}  // namespace vae
