// What a run can be compared by with others.
#pragma once

#include <vector>

#include "config/flatten.h"
#include "training/config.h"

namespace vae {

/// Every key of the config that has a value.
std::vector<FlatValue> hyper_parameters(const Config& config);

}  // namespace vae
