// The list of optimizers.
#pragma once

#include <memory>

#include "config/one_of.h"
#include "training/adam.h"
#include "training/sgd.h"

namespace vae {

using OptimizerConfig = OneOf<AdamConfig, AdamWConfig, SgdConfig>;

inline std::unique_ptr<Optimizer> make_optimizer(const OptimizerConfig& config, const Tensor& values) {
  return config.visit([&values](const auto& row) { return make_optimizer(row, values); });
}

}  // namespace vae
