// A map of windows transposed: what each gives to the pixels under it, with no copy of the windows.
#pragma once

#include <functional>

#include "kernels/window_map.h"

namespace vae {

/// Whether spread_windows can be called, and is known to be faster than a product whose rows are added to the
/// pixels: where products of our own are, and vectors do not straddle pixels.
bool can_spread_windows(const WindowMap& map);

/// large <- the sum over windows of (pixel of `small`) weight. Then, where it is given, finish(pixels, count)
/// is called for stretches of pixels, [count, wide], while they are in the cache. The number of threads
/// changes no bit.
void spread_windows(const WindowMap& map, const float* small, const float* weight,
                    const std::function<void(float*, int64_t)>& finish, float* large);

}  // namespace vae
