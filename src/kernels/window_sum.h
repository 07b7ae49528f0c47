// The derivative of a map of windows by its weight, with the windows read where they lie.
#pragma once

#include "kernels/window_map.h"

namespace vae {

/// Whether sum_windows can be called, and is known to be faster than a product with a copy of the windows:
/// where products of our own are, for grey and colour and where vectors do not straddle pixels.
bool can_sum_windows(const WindowMap& map);

/// sum [narrow, 16 wide] <- the sum over all windows of (pixel of `small`)^T window of `large`. The number of
/// threads changes no bit of it.
void sum_windows(const WindowMap& map, const float* large, const float* small, float* sum);

}  // namespace vae
