// Division of counts.
#pragma once

#include <cstdint>

namespace vae {

/// The smallest integer that is not below a / b; a >= 0, b > 0.
constexpr int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace vae
