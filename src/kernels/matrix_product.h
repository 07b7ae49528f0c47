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
/// AVX-512 on every processor that has it, and products of few rows be ours (kernels/few_rows.h); `library`
/// leaves all products to MKL, which takes AVX-512 on Intel's processors alone, and its code for AVX2 on
/// others. Elsewhere than on x86 there is nothing to choose.
void choose_matrix_product(MatrixProduct choice);

MatrixProduct chosen_matrix_product();

}  // namespace vae
