#include "kernels/standard_normal.h"

#include <gtest/gtest.h>

#include "support/fused.h"

namespace vae {
namespace {

Tensor ours(const std::vector<Tensor>& inputs) { return standard_normal_log_prob(inputs[0]); }
Tensor theirs(const std::vector<Tensor>& inputs) { return reference::standard_normal_log_prob(inputs[0]); }

// All terms have one sign: float in blocks of 512 and one rounding leave 1e-6 of the sum.
TEST(StandardNormalKernel, GivesTheDensityOfTheReferenceInFloat64) {
  for (const std::vector<int64_t>& shape :
       {std::vector<int64_t>{1}, {5}, {3, 1}, {50, 1, 20, 50}, {2, 3, 700}}) {
    for (const double scale : {1e-3, 1.0, 20.0}) {
      test::expect_agreement(ours, theirs, {test::draws(shape, 1) * scale}, 0, 1e-6, std::to_string(scale));
    }
  }
}

TEST(StandardNormalKernel, TakesLatentsInAnyOrder) {
  const Tensor z = test::draws({6, 40}, 1).t();
  EXPECT_TRUE(torch::equal(standard_normal_log_prob(z), standard_normal_log_prob(z.contiguous())));
}

TEST(StandardNormalKernel, RefusesSecondDerivatives) {
  const Tensor z = test::draws({3, 4}, 1).requires_grad_(true);
  EXPECT_THROW(
      torch::autograd::grad({standard_normal_log_prob(z).sum()}, {z}, {}, true, /*create_graph=*/true),
      c10::Error);
}

}  // namespace
}  // namespace vae
