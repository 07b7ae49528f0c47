#include "kernels/own_products.h"

#include "kernels/avx512.h"
#include "kernels/matrix_product.h"

namespace vae {

bool uses_own_products() {
#ifdef VAE_AVX512
  __builtin_cpu_init();
  return chosen_matrix_product() == MatrixProduct::automatic && __builtin_cpu_is("amd") &&
         __builtin_cpu_supports("avx512f");
#else
  return false;
#endif
}

}  // namespace vae
