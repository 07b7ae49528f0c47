// Reduced precision for a scope.
#pragma once

#include <torch/types.h>

namespace vae {

/// While it lives, matrix products and convolutions on the device run in bfloat16 (LibTorch's autocast);
/// weights, sums and losses keep their type.
class Autocast {
 public:
  Autocast(torch::Device device, bool enabled);
  ~Autocast();
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  torch::DeviceType device_;
  bool was_enabled_;
  torch::ScalarType was_type_;
};

}  // namespace vae
