// Between pictures and those of half their sides, as the kernels for windows see them.
#pragma once

#include <cstdint>

namespace vae {

/// Large pictures [count, height, width, wide] and small ones [count, rows, columns, narrow], dense, each of
/// whose pixels sees a window of kernels/patches.h. The weight between them is [narrow, 16 wide].
struct WindowMap {
  int64_t count;
  int64_t height, width, wide;
  int64_t rows, columns, narrow;
};

}  // namespace vae
