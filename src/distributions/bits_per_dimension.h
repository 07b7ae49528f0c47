// Bits per dimension, where they are defined.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "data/observation.h"
#include "distributions/likelihood.h"

namespace vae {

struct BitsPerDimension {
  double value = 0;
  std::string_view of;  // what the number is of, for a report
};

/// Bits for each of `dimensions` pixels and channels of 8 bits, given an ELBO in nats. Directly where the
/// likelihood is a probability of 256 levels; where it is a density and pixels are dequantised, by log P(k)
/// >= E_u log p((k + u) / 256) - D log 256 (Theis, van den Oord and Bethge 2016, eq. 3). Null for numbers of
/// other data or of another base measure, which can't be compared with these.
std::optional<BitsPerDimension> bits_per_dimension(BaseMeasure measure, const ObservationConfig& observation,
                                                   double elbo, int64_t dimensions);

}  // namespace vae
