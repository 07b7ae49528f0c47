#include "training/divergence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/errors.h"

namespace vae {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

void add(DivergenceWatch& watch, double loss, int64_t times = 1) {
  for (int64_t i = 0; i < times; ++i) watch.add(torch::tensor(loss));
}

/// Losses as batches have them: a few per cent around 100, the 5 % and 95 % quantiles 18 apart.
void add_ordinary(DivergenceWatch& watch, int64_t times) {
  for (int64_t i = 0; i < times; ++i) add(watch, 90.0 + static_cast<double>(i * 8 % 21));
}

DivergenceWatch watch_for(int64_t bad_steps) {
  return DivergenceWatch({.bad_steps = bad_steps, .spread = 10});
}

TEST(DivergenceWatch, CountsSkippedStepsInARow) {
  DivergenceWatch watch = watch_for(3);
  add(watch, kNan, 2);
  add(watch, 100);
  add(watch, kNan, 2);
  watch.look();
  EXPECT_FALSE(watch.has_diverged());
  EXPECT_EQ(watch.bad_steps(), 2);
  add(watch, kNan);
  watch.look();
  EXPECT_TRUE(watch.has_diverged());
  EXPECT_TRUE(test::contains(watch.reason(), "not finite"));
}

TEST(DivergenceWatch, CountsInfiniteLosses) {
  DivergenceWatch watch = watch_for(1);
  add(watch, std::numeric_limits<double>::infinity());
  watch.look();
  EXPECT_TRUE(watch.has_diverged());
}

TEST(DivergenceWatch, CountsLossesFarAboveTheOnesBefore) {
  // The limit is 109 + 10 * 18 = 289.
  for (const auto& [loss, is_far] : {std::pair(285.0, false), {295.0, true}}) {
    DivergenceWatch watch = watch_for(2);
    add_ordinary(watch, 210);
    add(watch, loss, 2);
    watch.look();
    EXPECT_EQ(watch.has_diverged(), is_far) << loss;
  }
}

TEST(DivergenceWatch, TakesALossThatFallsForProgress) {
  DivergenceWatch watch = watch_for(1);
  add_ordinary(watch, 200);
  add(watch, -1e6);
  watch.look();
  EXPECT_EQ(watch.bad_steps(), 0);
}

TEST(DivergenceWatch, DoesNotJudgeTheFirstLosses) {
  DivergenceWatch watch = watch_for(1);
  add_ordinary(watch, 60);
  add(watch, 1e9);
  watch.look();
  EXPECT_FALSE(watch.has_diverged());
}

TEST(DivergenceWatch, ToleratesASmallRiseOfLossesThatHardlyDiffer) {
  DivergenceWatch watch = watch_for(1);
  add(watch, 100, 200);
  add(watch, 105);
  watch.look();
  EXPECT_FALSE(watch.has_diverged());
}

TEST(DivergenceWatch, JudgesByTheLatestLossesAlone) {
  DivergenceWatch watch = watch_for(1);
  add(watch, 10'000, 200);  // would let anything below 11,000 pass
  add_ordinary(watch, 300);
  add(watch, 295);
  watch.look();
  EXPECT_TRUE(watch.has_diverged());
}

TEST(DivergenceWatch, DoesNotGetUsedToBadLosses) {
  DivergenceWatch watch = watch_for(400);
  add_ordinary(watch, 256);
  add(watch, 1e4, 400);
  watch.look();
  EXPECT_TRUE(watch.has_diverged());
}

TEST(DivergenceWatch, DoesNotForgetADivergenceBeforeAnyoneAsks) {
  DivergenceWatch watch = watch_for(2);
  add(watch, kNan, 2);
  add(watch, 100, 3);
  watch.look();
  EXPECT_TRUE(watch.has_diverged());
  EXPECT_EQ(watch.bad_steps(), 5);  // the first bad one was five steps ago
}

TEST(DivergenceWatch, FindsTheSameWheneverItLooksAndWhereverItWasInterrupted) {
  DivergenceWatch whole = watch_for(5), interrupted = watch_for(5);
  for (int64_t i = 0; i < 300; ++i) {
    const double loss = i % 50 > 47 ? 1e5 : 100 + static_cast<double>(i * 13 % 17);
    add(whole, loss);
    add(interrupted, loss);
    if (i % 7 != 0) continue;
    interrupted.look();
    DivergenceWatch resumed = watch_for(5);
    resumed.restore(interrupted.history(), interrupted.bad_steps());
    interrupted = resumed;
  }
  whole.look();
  interrupted.look();
  EXPECT_EQ(whole.bad_steps(), interrupted.bad_steps());
  EXPECT_TRUE(torch::equal(whole.history(), interrupted.history()));
}

}  // namespace
}  // namespace vae
