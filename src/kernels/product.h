// Products of matrices without LibTorch's dispatch: in small models the way to a product costs as much as it
// does.
#pragma once

#include <optional>

#include "core/tensor.h"

namespace vae {

/// A dense matrix, or its transpose.
struct Operand {
  const Tensor& matrix;
  bool is_transposed = false;
  bool may_be_sparse = false;  // data, which are worth a look for zeros
};

enum class Into { nothing, sum };  // what is there before: nothing of interest, or what is added to

/// out <- a b, or out <- out + a b: operands both float32 or both bfloat16, on the processor; out dense,
/// float32, in which is summed too. Of float32 the numbers are those of at::mm, but where products of our own
/// are used: for few rows times a transpose (kernels/few_rows.h), and where data are sparse
/// (kernels/sparse_product.h).
void multiply(const Operand& a, const Operand& b, const Tensor& out, Into into = Into::nothing);

/// a b in new memory.
Tensor product(const Operand& a, const Operand& b);

/// The type that float32's products are to be computed in, which under autocast is bfloat16; nothing where
/// that is left to LibTorch, as the processor has no instructions for it.
std::optional<torch::ScalarType> product_type();

/// Dense float32 in that type.
Tensor in_type(torch::ScalarType type, const Tensor& x);

/// Whether the processor has instructions for products of bfloat16, and LibTorch a library that knows them.
/// multiply does without, by at::mm, which rounds the result.
bool multiplies_bfloat16();

}  // namespace vae
