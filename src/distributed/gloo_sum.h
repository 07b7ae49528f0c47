// Sums of tensors over the processes of Gloo.
#pragma once

#include <memory>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

#include "distributed/group.h"

namespace vae {

/// As Group::begin_sum; exceptions are those of c10d. `processes` must outlive it.
std::unique_ptr<PendingSum> begin_gloo_sum(c10d::ProcessGroupGloo& processes, Tensor tensor,
                                           WirePrecision precision);

}  // namespace vae
