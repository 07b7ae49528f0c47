#include "kernels/matrix_product.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include "support/chosen_product.h"

extern "C" int mkl_serv_intel_cpu_true();

namespace vae {
namespace {

TEST(MatrixProduct, AnswersForMkl) {
  EXPECT_EQ(dlsym(RTLD_DEFAULT, "mkl_serv_intel_cpu_true"),
            reinterpret_cast<void*>(&mkl_serv_intel_cpu_true));
}

TEST(MatrixProduct, LetsMklUseAvx512WhereTheProcessorHasIt) {
  if (!__builtin_cpu_supports("avx512f") || __builtin_cpu_is("intel"))
    GTEST_SKIP() << "there is nothing to choose";
  EXPECT_EQ(mkl_serv_intel_cpu_true(), 1);
  const test::ChosenProduct library(MatrixProduct::library);
  EXPECT_EQ(mkl_serv_intel_cpu_true(), 0);
}

}  // namespace
}  // namespace vae
