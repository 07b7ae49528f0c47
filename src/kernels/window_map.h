// Between pictures and those of half their sides, as the kernels for windows see them.
#pragma once

#include <cstdint>

#include "core/divide_up.h"

namespace vae {

/// Large pictures [count, height, width, wide] and small ones [count, rows, columns, narrow], dense, each of
/// whose pixels sees a window of kernels/patches.h. The weight between them is [narrow, 16 wide].
struct WindowMap {
  int64_t count;
  int64_t height, width, wide;
  int64_t rows, columns, narrow;
};

/// Some things in parts of at most `most`, as even as may be.
class EvenParts {
 public:
  EvenParts(int64_t things, int64_t most) : things_(things), count_(divide_up(things, most)) {}

  int64_t count() const { return count_; }
  int64_t begin(int64_t part) const { return things_ * part / count_; }
  int64_t size(int64_t part) const { return begin(part + 1) - begin(part); }

 private:
  int64_t things_, count_;
};

}  // namespace vae
