#include "training/hyper_parameters.h"

#include "config/bind.h"

namespace vae {

std::vector<FlatValue> hyper_parameters(const Config& config) {
  return detail::flatten(detail::to_node(config));
}

}  // namespace vae
