#include "kernels/norm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "support/fused.h"

namespace vae {
namespace {

TEST(Norm, IsThatOfAllElements) {
  const std::vector<Tensor> tensors = {test::draws({3, 5}, 1), torch::empty({0}),
                                       test::draws({300, 101}, 2).t()};
  const double exact = std::hypot(tensors[0].to(torch::kDouble).norm().item<double>(),
                                  tensors[2].to(torch::kDouble).norm().item<double>());
  // Sums of 512 squares in float, their sum in double.
  EXPECT_NEAR(norm_of_all(tensors), exact, 1e-6 * exact);
}

TEST(Norm, IsTheSameOnAnyNumberOfThreads) {
  const std::vector<Tensor> tensors = {test::draws({30'000}, 1), test::draws({20'001}, 2)};
  const auto norm = [&] { return norm_of_all(tensors); };
  EXPECT_EQ(test::on_threads(1, norm), test::on_threads(3, norm));
}

TEST(Norm, SaysWhenSomethingIsNotFinite) {
  Tensor tensor = torch::ones({600});
  tensor[599] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(norm_of_all(std::vector{tensor})));
  tensor[599] = -std::numeric_limits<float>::infinity();
  EXPECT_TRUE(std::isinf(norm_of_all(std::vector{tensor})));
}

}  // namespace
}  // namespace vae
