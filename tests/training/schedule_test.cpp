#include "training/schedule.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vae {
namespace {

TEST(Schedule, ConstantStaysAtOne) {
  for (const int64_t step : {0, 1, 99, 1000})
    EXPECT_EQ(learning_rate_factor(ConstantSchedule{}, step, 100), 1);
}

TEST(Schedule, WarmupGrowsLinearlyFromTheFirstStepAndStays) {
  const ScheduleConfig warmup = WarmupSchedule{.steps = 4};
  const double expected[] = {0.25, 0.5, 0.75, 1, 1, 1};
  for (int64_t step = 0; step < 6; ++step) {
    EXPECT_EQ(learning_rate_factor(warmup, step, 100), expected[step]) << step;
  }
}

TEST(Schedule, CosineFallsAlongHalfACosine) {
  const ScheduleConfig cosine = CosineSchedule{};
  const double root = std::sqrt(0.5);
  const double expected[] = {1, (1 + root) / 2, 0.5, (1 - root) / 2, 0};
  for (int64_t quarter = 0; quarter <= 4; ++quarter) {
    // Cosines are good to the last digit.
    EXPECT_NEAR(learning_rate_factor(cosine, 25 * quarter, 100), expected[quarter], 1e-15) << quarter;
  }
}

TEST(Schedule, CosineEndsAtItsFinalFactorAndStaysThere) {
  const ScheduleConfig cosine = CosineSchedule{.final_factor = 0.2};
  EXPECT_NEAR(learning_rate_factor(cosine, 50, 100), 0.6, 1e-15);
  EXPECT_NEAR(learning_rate_factor(cosine, 100, 100), 0.2, 1e-15);
  EXPECT_NEAR(learning_rate_factor(cosine, 170, 100), 0.2, 1e-15);
}

TEST(Schedule, CosineStretchesOverWhatTheWarmupLeaves) {
  const ScheduleConfig cosine = CosineSchedule{.warmup_steps = 20};
  EXPECT_EQ(learning_rate_factor(cosine, 0, 100), 0.05);
  EXPECT_EQ(learning_rate_factor(cosine, 19, 100), 1);
  EXPECT_EQ(learning_rate_factor(cosine, 20, 100), 1);
  EXPECT_NEAR(learning_rate_factor(cosine, 60, 100), 0.5, 1e-15);
  EXPECT_NEAR(learning_rate_factor(cosine, 100, 100), 0, 1e-15);
}

TEST(Schedule, CosineIsFiniteWhereTheWarmupTakesAllSteps) {
  const ScheduleConfig cosine = CosineSchedule{.warmup_steps = 100, .final_factor = 0.5};
  EXPECT_EQ(learning_rate_factor(cosine, 99, 100), 1);
  EXPECT_EQ(learning_rate_factor(cosine, 100, 100), 1);
  EXPECT_NEAR(learning_rate_factor(cosine, 101, 100), 0.5, 1e-15);
}

TEST(Schedule, StepFallsByItsFactorEverySoManySteps) {
  const ScheduleConfig steps = StepSchedule{.every_steps = 10, .factor = 0.5};
  EXPECT_EQ(learning_rate_factor(steps, 0, 100), 1);
  EXPECT_EQ(learning_rate_factor(steps, 9, 100), 1);
  EXPECT_EQ(learning_rate_factor(steps, 10, 100), 0.5);
  EXPECT_EQ(learning_rate_factor(steps, 29, 100), 0.25);
  EXPECT_EQ(learning_rate_factor(steps, 30, 100), 0.125);
}

template <class Schedule>
class EverySchedule : public ::testing::Test {};
TYPED_TEST_SUITE(EverySchedule, ScheduleConfig::As<::testing::Types>);

TYPED_TEST(EverySchedule, StaysInTheUnitIntervalAndMovesAtTheFirstStep) {
  EXPECT_GT(learning_rate_factor(TypeParam{}, 0, 100), 0);
  for (int64_t step = 0; step < 200; ++step) {
    const double factor = learning_rate_factor(TypeParam{}, step, 100);
    EXPECT_GE(factor, 0) << step;
    EXPECT_LE(factor, 1) << step;
  }
}

// Burda et al. 2016, section 5.1: 3^i passes at 10^(-i/7), i = 0 ... 7, which are 3280 passes.
TEST(Schedule, StagesAreThoseOfThePaper) {
  const ScheduleConfig stages = StagesSchedule{};
  int64_t pass = 0;
  for (int i = 0; i < 8; ++i) {
    const auto length = static_cast<int64_t>(std::pow(3, i));
    for (const int64_t at : {pass, pass + length - 1}) {
      EXPECT_NEAR(learning_rate_factor(stages, at, 3280), std::pow(10, -i / 7.0), 1e-14) << at;
    }
    pass += length;
  }
  EXPECT_EQ(pass, 3280);
}

TEST(Schedule, StagesOfOneLengthFallEvenly) {
  const ScheduleConfig stages = StagesSchedule{.count = 4, .growth = 1, .factor = 0.5};
  EXPECT_EQ(learning_rate_factor(stages, 24, 100), 1);
  EXPECT_EQ(learning_rate_factor(stages, 25, 100), 0.5);
  EXPECT_EQ(learning_rate_factor(stages, 75, 100), 0.125);
  EXPECT_EQ(learning_rate_factor(stages, 500, 100), 0.125);
}

}  // namespace
}  // namespace vae
