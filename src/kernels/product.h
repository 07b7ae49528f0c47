// Products of matrices without LibTorch's dispatch: in small models the way to a product costs as much as it
// does.
#pragma once

#include <c10/util/BFloat16.h>

#include <cstdint>

namespace vae {

/// A dense matrix on the processor, row by row.
template <class Element>
struct Factor {
  const Element* elements;
  int64_t rows, columns;
  bool is_transposed = false;  // in the product; rows and columns are those in memory
};

/// c <- a b, dense. The numbers are those of at::mm.
void multiply(const Factor<float>& a, const Factor<float>& b, float* c);

/// Whether the processor has instructions for products of bfloat16, and LibTorch a library that knows them.
bool multiplies_bfloat16();

/// c <- a b, dense, summed and kept in float32; only where multiplies_bfloat16().
void multiply(const Factor<c10::BFloat16>& a, const Factor<c10::BFloat16>& b, float* c);

}  // namespace vae
