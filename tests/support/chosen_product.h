// Whose products of matrices a test gets: a choice for as long as it lives, and what needs those of our own.
#pragma once

#include <gtest/gtest.h>

#include "kernels/matrix_product.h"
#include "kernels/own_products.h"

#define SKIP_WITHOUT_OWN_PRODUCTS() \
  if (!vae::uses_own_products()) GTEST_SKIP() << "this processor has the library's products"

namespace vae::test {

class ChosenProduct {
 public:
  explicit ChosenProduct(MatrixProduct choice) { choose_matrix_product(choice); }
  ~ChosenProduct() { choose_matrix_product(MatrixProduct::automatic); }
  ChosenProduct(const ChosenProduct&) = delete;
  ChosenProduct& operator=(const ChosenProduct&) = delete;
};

}  // namespace vae::test
