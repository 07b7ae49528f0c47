// The maps between pictures and those of half their sides, with nine products where 16 are written down.
#pragma once

#include <functional>

#include "kernels/window_map.h"

namespace vae::winograd {

/// Whether the functions below can be called, and are known to be faster: where products of our own are, of
/// 32 to 1024 channels that are whole vectors, and of pictures of which enough tiles of 2x2 small pixels are
/// whole, and no more than 192 in a row.
/// They round a little more than sums of products do (docs/performance.md).
bool pays(const WindowMap& map);

// `weight` is [narrow, 16 wide]. The number of threads changes no bit. finish(pixels, count) is called, where
// it is given, for stretches of pixels, [count, channels], that are computed, while they are in the cache.

/// small <- windows of `large`, weighted.
void read_windows(const WindowMap& map, const float* large, const float* weight,
                  const std::function<void(float*, int64_t)>& finish, float* small);

/// large <- the sum over windows of (pixel of `small`) weight.
void spread_windows(const WindowMap& map, const float* small, const float* weight,
                    const std::function<void(float*, int64_t)>& finish, float* large);

/// sum [narrow, 16 wide] <- the sum over all windows of (pixel of `small`)^T window of `large`.
void sum_windows(const WindowMap& map, const float* large, const float* small, float* sum);

}  // namespace vae::winograd
