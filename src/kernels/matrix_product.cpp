#include "kernels/matrix_product.h"

#include <atomic>

namespace vae {
namespace {

std::atomic<MatrixProduct>& chosen() {
  static std::atomic<MatrixProduct> choice = MatrixProduct::automatic;
  return choice;
}

bool may_use_newest_code() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_is("intel")) return true;
  return chosen() == MatrixProduct::automatic && __builtin_cpu_supports("avx512f");
#else
  return false;
#endif
}

}  // namespace

void choose_matrix_product(MatrixProduct choice) { chosen() = choice; }

MatrixProduct chosen_matrix_product() { return chosen(); }

}  // namespace vae

// MKL asks this function before it takes the code for AVX-512, and its own says no on other processors than
// Intel's, whatever they can do: half the speed on those of AMD that have AVX-512. A program's symbols come
// before those of the libraries it loads, so that this is the one that answers. Where a LibTorch has no MKL
// nobody asks. CMakeLists.txt makes sure that every binary of ours has it.
extern "C" [[gnu::visibility("default")]] int mkl_serv_intel_cpu_true();
extern "C" int mkl_serv_intel_cpu_true() { return vae::may_use_newest_code() ? 1 : 0; }
