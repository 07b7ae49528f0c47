// The pictures of a run: opened as its config says, and compared with those that it began with.
#pragma once

#include "data/split.h"
#include "objectives/inference.h"
#include "training/config.h"
#include "training/state.h"

namespace vae {

/// The parts that config.data names. Where the model is told classes, each picture of training and validation
/// has one of training's; DataError else.
Splits open_splits(const Config& config, int64_t threads);

/// What a checkpoint says of the training pictures; with a digest where the inference keeps something of
/// each.
PictureDescription describe(const Dataset& training, const Inference& inference);

/// DataError where these are not the pictures that a checkpoint's run began with.
void require_same(PictureDescription now, const PictureDescription& then);

}  // namespace vae
