#include "training/moving_average.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/tensors.h"

namespace vae {
namespace {

TEST(MovingAverage, BeginsAtTheValuesAndKeepsACopy) {
  const Tensor values = test::values({1, 2});
  const MovingAverage average(0.9, values);
  values.fill_(7);
  EXPECT_TRUE(torch::equal(average.values(), test::values({1, 2})));
}

TEST(MovingAverage, StaysWhereAStepIsSkipped) {
  MovingAverage average(0.9, test::values({1, 2}));
  average.update(test::values({5, 6}), average.pull(3), torch::ones({}));
  EXPECT_TRUE(torch::equal(average.values(), test::values({1, 2})));
}

TEST(MovingAverage, FollowsItsFormula) {
  constexpr double kDecay = 0.4;  // reached after five updates
  MovingAverage average(kDecay, test::values({1}));
  double expected = 1;
  for (int64_t t = 0; t < 12; ++t) {
    const double value = static_cast<double>(t * t);
    average.update(test::values({value}), average.pull(t), torch::zeros({}));
    const double decay = std::min(kDecay, (1.0 + static_cast<double>(t)) / (10.0 + static_cast<double>(t)));
    expected = decay * expected + (1 - decay) * value;
    EXPECT_NEAR(average.values().item<double>(), expected, 1e-13) << t;  // rounding, of numbers up to 100
  }
}

TEST(SwappedValues, PutsOthersInAndTheOwnBack) {
  const Tensor values = test::values({1, 2});
  {
    const SwappedValues swapped(values, test::values({3, 4}));
    EXPECT_TRUE(torch::equal(values, test::values({3, 4})));
  }
  EXPECT_TRUE(torch::equal(values, test::values({1, 2})));
}

}  // namespace
}  // namespace vae
