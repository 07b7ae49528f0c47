// Pictures above what a model makes of them, above where that surprises it.
#pragma once

#include <cstdint>

#include "data/batches.h"
#include "images/image.h"
#include "model/vae.h"
#include "objectives/inference.h"

namespace vae {

/// Of the pictures of the given numbers, int64 [count], in this order: rows of pictures, reconstructions, and
/// surprise, all on one scale of colours.
Image surprise_sheet(const Vae& model, const Inference& inference, const Pictures& pictures,
                     const Tensor& numbers, int64_t batch_size, uint64_t seed);

}  // namespace vae
