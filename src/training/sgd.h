// Stochastic gradient descent.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "training/optimizer.h"

namespace vae {

struct SgdConfig {
  static constexpr std::string_view kType = "sgd";
  static constexpr std::string_view kHelp = "Gradient descent with momentum.";
  double learning_rate = 1e-2;
  double momentum = 0;
  bool nesterov = false;
  double weight_decay = 0;
  bool operator==(const SgdConfig&) const = default;
};

inline constexpr auto fields(Tag<SgdConfig>) {
  return std::tuple{
      field("learning_rate", &SgdConfig::learning_rate, positive, "Step size."),
      field("momentum", &SgdConfig::momentum, half_open(0, 1), "Decay of the sum of earlier gradients."),
      field("nesterov", &SgdConfig::nesterov, "Looks ahead along the momentum (Sutskever et al. 2013)."),
      field("weight_decay", &SgdConfig::weight_decay, non_negative, "Pull of the weights towards zero."),
  };
}

std::unique_ptr<Optimizer> make_optimizer(const SgdConfig& config, const Tensor& values);

}  // namespace vae
