#include "training/step_sums.h"

#include <gtest/gtest.h>

#include <limits>

#include "support/tensors.h"

namespace vae {
namespace {

Tensor scalar(double value) { return torch::tensor(value, torch::kFloat); }

Terms terms(double objective) {
  return {.surrogate = scalar(-objective),
          .objective = scalar(objective),
          .reconstruction = scalar(10 * objective),
          .kl = scalar(9 * objective)};
}

void add(StepSums& sums, double objective) { sums.add(terms(objective), scalar(3), scalar(0)); }

void add_skipped(StepSums& sums) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  sums.add(terms(nan), scalar(nan), scalar(1));
}

TEST(StepSums, AreAveragesOverTheSteps) {
  StepSums sums(torch::kCPU);
  add(sums, 1);
  add(sums, 4);
  const StepAverages averages = sums.of_epoch();
  EXPECT_EQ(averages.objective, 2.5);
  EXPECT_EQ(averages.reconstruction, 25);
  EXPECT_EQ(averages.kl, 22.5);
  EXPECT_EQ(averages.gradient_norm, 3);
  EXPECT_EQ(averages.steps, 2);
  EXPECT_EQ(averages.skipped, 0);
}

TEST(StepSums, LeaveOutStepsThatWereSkippedAndCountThem) {
  StepSums sums(torch::kCPU);
  add(sums, 1);
  add_skipped(sums);
  add(sums, 3);
  EXPECT_EQ(sums.of_epoch().objective, 2);
  EXPECT_EQ(sums.of_epoch().gradient_norm, 3);
  EXPECT_EQ(sums.of_epoch().steps, 3);
  EXPECT_EQ(sums.of_epoch().skipped, 1);
}

TEST(StepSums, AreZeroWhereEveryStepWasSkipped) {
  StepSums sums(torch::kCPU);
  add_skipped(sums);
  EXPECT_EQ(sums.of_epoch().objective, 0);
  EXPECT_EQ(sums.of_epoch().steps, sums.of_epoch().skipped);
}

TEST(StepSums, BeginAnewForTheNextRowButNotForTheEpoch) {
  StepSums sums(torch::kCPU);
  add(sums, 1);
  sums.take();
  add(sums, 5);
  EXPECT_EQ(sums.since_last_take().objective, 5);
  EXPECT_EQ(sums.since_last_take().steps, 1);
  EXPECT_EQ(sums.of_epoch().objective, 3);
}

TEST(StepSums, BeginAnewWithAnEpoch) {
  StepSums sums(torch::kCPU);
  add(sums, 1);
  sums.take();
  sums.begin_epoch();
  add(sums, 7);
  EXPECT_EQ(sums.of_epoch().objective, 7);
  EXPECT_EQ(sums.since_last_take().objective, 7);
}

TEST(StepSums, GoOnFromTheirState) {
  StepSums first(torch::kCPU), second(torch::kCPU);
  add(first, 1);
  first.take();
  add(first, 2);
  second.state().copy_(first.state());
  add(second, 4);
  EXPECT_EQ(second.since_last_take().objective, 3);
  EXPECT_EQ(second.of_epoch().steps, 3);
}

TEST(StepSums, AddUpInDoublePrecision) {
  StepSums sums(torch::kCPU);
  add(sums, 1 << 24);
  for (int i = 0; i < 3; ++i) add(sums, 1);  // float32 would lose each of them
  EXPECT_EQ(4 * sums.of_epoch().objective, (1 << 24) + 3);
}

}  // namespace
}  // namespace vae
