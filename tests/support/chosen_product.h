// A choice of matrix products for as long as it lives.
#pragma once

#include "kernels/matrix_product.h"

namespace vae::test {

class ChosenProduct {
 public:
  explicit ChosenProduct(MatrixProduct choice) { choose_matrix_product(choice); }
  ~ChosenProduct() { choose_matrix_product(MatrixProduct::automatic); }
  ChosenProduct(const ChosenProduct&) = delete;
  ChosenProduct& operator=(const ChosenProduct&) = delete;
};

}  // namespace vae::test
