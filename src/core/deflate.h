// What is known of deflate, the compression of PNG and gzip.
#pragma once

#include <cstdint>

namespace vae {

/// No byte of it becomes more than these (zlib technical details, "Maximum compression factor").
inline constexpr uint64_t kDeflateMostRatio = 1032;

}  // namespace vae
