// Every way from bytes to x.
#pragma once

#include <vector>

#include "data/observation.h"

namespace vae::test {

inline std::vector<ObservationConfig> every_observation() {
  return {PlainObservation{}, Binarize{}, Binarize{.threshold = 0.4}, Dequantize{}};
}

}  // namespace vae::test
