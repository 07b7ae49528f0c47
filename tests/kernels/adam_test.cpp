#include "kernels/adam.h"

#include <gtest/gtest.h>

#include <array>

#include "support/fused.h"

namespace vae {
namespace {

constexpr int64_t kCount = 20'000;  // several pieces, and a rest

AdamUpdate update_number(int64_t t, double beta2, double weight_decay) {
  return {.learning_rate = 1e-3,
          .beta1 = 0.9,
          .beta2 = beta2,
          .epsilon = 1e-8,
          .weight_decay = weight_decay,
          .decays_weights = false,
          .updates = t};
}

// The formula is compared in training/optimizers_test.cpp; here, what only this code does.

TEST(AdamKernel, DoesTheSameOnAnyNumberOfThreads) {
  const auto updated = [] {
    const Tensor values = test::draws({kCount}, 1), first = torch::zeros({kCount}),
                 second = torch::zeros({kCount});
    for (int64_t t = 1; t <= 3; ++t) {
      update_adam(update_number(t, /*beta2=*/0.999, /*weight_decay=*/0.1), values,
                  std::array{GradientPiece{test::draws({kCount}, static_cast<uint64_t>(t))}}, first, second);
    }
    return values;
  };
  EXPECT_TRUE(torch::equal(test::on_threads(1, updated), test::on_threads(2, updated)));
}

// A weight of a pixel that is always black, after its last gradient: decay alone would end at the smallest
// numbers there are, which round to themselves.
TEST(AdamKernel, ForgetsGradientsThatCameLongAgo) {
  const Tensor values = torch::ones({1}), first = torch::full({1}, 1e-36F), second = torch::full({1}, 1e-36F),
               none = torch::zeros({1});
  for (int64_t t = 1; t <= 200; ++t) {
    update_adam(update_number(t, /*beta2=*/0.9, /*weight_decay=*/0), values, std::array{GradientPiece{none}},
                first, second);
  }
  EXPECT_EQ(first.item<float>(), 0);
  EXPECT_EQ(second.item<float>(), 0);
}

}  // namespace
}  // namespace vae
