// Which code computes matrix products on the processor.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "config/fields.h"

namespace vae {

enum class MatrixProduct { automatic, library };

inline constexpr auto names(Tag<MatrixProduct>) {
  using Name = std::pair<std::string_view, MatrixProduct>;
  return std::array{Name{"auto", MatrixProduct::automatic}, Name{"library", MatrixProduct::library}};
}

/// Holds for the whole process, and must be called before the first product of matrices: MKL, which computes
/// them inside LibTorch, decides once. `automatic`, which is also what holds without a call, lets it use
/// AVX-512 on every processor that has it; `library` leaves the decision to MKL, which takes it on Intel's
/// alone, and its code for AVX2 on others. Elsewhere than on x86 there is nothing to choose. Products of our
/// own take MKL's place where kernels/own_products.h says so, and ask at every call.
void choose_matrix_product(MatrixProduct choice);

MatrixProduct chosen_matrix_product();

}  // namespace vae
