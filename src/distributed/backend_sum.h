// Sums of tensors over the processes of c10d.
#pragma once

#include <memory>
#include <torch/csrc/distributed/c10d/Backend.hpp>

#include "distributed/group.h"

namespace vae {

/// As Group::begin_sum; exceptions are those of c10d. `processes` must outlive it.
std::unique_ptr<PendingSum> begin_backend_sum(c10d::Backend& processes, Tensor tensor,
                                              WirePrecision precision);

}  // namespace vae
