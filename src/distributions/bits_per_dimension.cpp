#include "distributions/bits_per_dimension.h"

#include <numbers>

namespace vae {

std::optional<BitsPerDimension> bits_per_dimension(BaseMeasure measure, const ObservationConfig& observation,
                                                   double elbo, int64_t dimensions) {
  const double bits = -elbo / (static_cast<double>(dimensions) * std::numbers::ln2);
  if (measure == BaseMeasure::levels && observation.is<PlainObservation>()) {
    return BitsPerDimension{bits, "8-bit pixels"};
  }
  if (measure == BaseMeasure::density && observation.is<Dequantize>()) {
    return BitsPerDimension{bits + 8, "8-bit pixels, an upper bound by their dequantisation"};
  }
  return std::nullopt;
}

}  // namespace vae
