// Paths between latent vectors.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "core/tensor.h"

namespace vae {

enum class Interpolation {
  linear,     // (1 - t) from + t to
  spherical,  // along the arc between the two directions
};

/// Points at t = 0, 1 / (steps - 1), ..., 1 between two latent vectors [latent]: [steps, latent], steps >= 2.
/// Spherical: sin((1 - t) omega) / sin(omega) from + sin(t omega) / sin(omega) to, omega the angle between
/// them (Shoemake 1985; White 2016, section 2.1): draws of N(0, I) keep a norm that such draws have, which
/// the middle of a straight line falls short of. Where the two point the same way, or one is 0, it is linear.
/// UsageError where they point opposite ways, so that there is no one arc.
Tensor interpolate(const Tensor& from, const Tensor& to, int64_t steps, Interpolation interpolation);

}  // namespace vae
