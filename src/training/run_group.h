// What a run that several processes share asks of them. Nothing is asked of one alone.
#pragma once

#include "distributed/group.h"
#include "training/config.h"
#include "training/state.h"

namespace vae {

/// UsageError naming what several processes can't train together.
void require_divisible(const Config& config, const Group& group);

/// UsageError naming the keys where this process was given another config than rank 0.
void require_same_config(const Config& config, const Group& group);

/// DataError where this process finds other pictures than rank 0.
void require_same_pictures(const PictureDescription& pictures, const Group& group);

/// PeerError naming those whose weights after `step` steps are not rank 0's, bit for bit.
void require_same_weights(const Tensor& weights, int64_t step, const Group& group);

}  // namespace vae
