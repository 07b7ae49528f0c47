#include "images/heat.h"

#include <algorithm>
#include <cmath>

namespace vae {

Colour heat_colour(double value) {
  // Each third of the range turns one more of red, green and blue on.
  const auto channel = [value](double begin) {
    return static_cast<uint8_t>(
        std::lround(255 * std::clamp(3 * std::clamp(value, 0.0, 1.0) - begin, 0.0, 1.0)));
  };
  return {channel(0), channel(1), channel(2)};
}

}  // namespace vae
