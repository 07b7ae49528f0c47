// A fingerprint of all pictures of a data set.
#pragma once

#include "core/digest.h"
#include "data/dataset.h"

namespace vae {

/// Of the pixels of every picture, in their order; reads them all.
Digest content_digest(const Dataset& dataset);

}  // namespace vae
