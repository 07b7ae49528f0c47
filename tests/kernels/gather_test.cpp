#include "kernels/gather.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/fused.h"

namespace vae {
namespace {

TEST(Gather, CopiesAllAndGivesTheirNorm) {
  const std::vector<Tensor> sources = {test::draws({3, 5}, 1), Tensor(), test::draws({300, 101}, 2).t()};
  std::vector<Tensor> targets = {torch::ones({3, 5}), torch::ones({4}), torch::ones({101, 300})};
  const float norm = copy_and_norm(sources, targets);
  EXPECT_TRUE(torch::equal(targets[0], sources[0]));
  EXPECT_TRUE(torch::equal(targets[1], torch::zeros({4})));
  EXPECT_TRUE(torch::equal(targets[2], sources[2]));  // whatever the order of its elements
  const double exact = std::hypot(sources[0].to(torch::kDouble).norm().item<double>(),
                                  sources[2].to(torch::kDouble).norm().item<double>());
  // Sums of 512 squares in float, their sum in double.
  EXPECT_NEAR(norm, exact, 1e-6 * exact);
}

TEST(Gather, SaysWhenSomethingIsNotFinite) {
  std::vector<Tensor> targets = {torch::zeros({600})};
  Tensor source = torch::ones({600});
  source[599] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(copy_and_norm(std::vector{source}, targets)));
  source[599] = -std::numeric_limits<float>::infinity();
  EXPECT_TRUE(std::isinf(copy_and_norm(std::vector{source}, targets)));
}

}  // namespace
}  // namespace vae
