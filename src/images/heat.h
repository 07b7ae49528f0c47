// Numbers as colours.
#pragma once

#include "images/drawing.h"

namespace vae {

/// From black by way of red and yellow to white, its brightness growing with `value`, which is clamped to
/// [0, 1].
Colour heat_colour(double value);

}  // namespace vae
