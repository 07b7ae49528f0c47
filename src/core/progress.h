// How far a long computation is.
#pragma once

#include <cstdint>
#include <functional>

namespace vae {

/// Called after each part, of `total` of which `done` are done. What it is told must not change results.
using Progress = std::function<void(int64_t done, int64_t total)>;

/// For who does not want to know.
inline void ignore_progress(int64_t, int64_t) {}

}  // namespace vae
