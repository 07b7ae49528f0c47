// Products of matrices without LibTorch's dispatch: in small models the way to a product costs as much as it
// does.
#pragma once

#include <cstdint>

namespace vae {

/// A dense float32 matrix on the processor, row by row.
struct Factor {
  const float* elements;
  int64_t rows, columns;
  bool is_transposed = false;  // in the product; rows and columns are those in memory
};

/// c <- a b, dense. The numbers are those of at::mm.
void multiply(const Factor& a, const Factor& b, float* c);

}  // namespace vae
