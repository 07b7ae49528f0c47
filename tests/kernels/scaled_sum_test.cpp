#include "kernels/scaled_sum.h"

#include <gtest/gtest.h>

#include "support/fused.h"

namespace vae {
namespace {

TEST(ScaledSum, AgreesWithTheReferenceInFloat64) {
  for (const std::vector<int64_t>& shape :
       {std::vector<int64_t>{}, {1}, {7}, {1, 3, 5}, {128, 20}, {3, 2000}}) {
    const Tensor x = test::draws(shape, 1);
    const auto sum = [](const std::vector<Tensor>& t) { return scaled_sum(t[0], 0.3); };
    const auto exact = [](const std::vector<Tensor>& t) { return reference::scaled_sum(t[0], 0.3); };
    const Tensor arriving = test::draws({}, 2);
    const test::Evaluated ours = test::evaluate(sum, {x}, 0, arriving);
    const test::Evaluated theirs = test::evaluate(exact, test::in_float64({x}), 0, arriving);
    // 512 terms added in float, then one rounding of the whole, relative to what the terms add up to.
    test::expect_close(ours.value, theirs.value, 0.3 * x.abs().sum(), 32 * 0x1p-24, "value");
    test::expect_close(ours.gradients[0], theirs.gradients[0], theirs.gradients[0], 2 * 0x1p-24, "gradient");
  }
}

TEST(ScaledSum, IsTheMeanInAnyLayoutAndType) {
  const Tensor x = test::draws({40, 30}, 1);
  const double mean = x.to(torch::kDouble).mean().item<double>();
  EXPECT_NEAR(mean_of_all(x).item<double>(), mean, 1e-7);
  EXPECT_NEAR(mean_of_all(x.t()).item<double>(), mean, 1e-7);
  EXPECT_NEAR(mean_of_all(x.to(torch::kDouble)).item<double>(), mean, 1e-15);
}

TEST(ScaledSum, RefusesSecondDerivatives) {
  const Tensor x = test::draws({3}, 1).requires_grad_(true);
  EXPECT_THROW(torch::autograd::grad({scaled_sum(x.square(), 2)}, {x}, {}, true, /*create_graph=*/true),
               c10::Error);
}

}  // namespace
}  // namespace vae
