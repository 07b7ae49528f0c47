#include "evaluation/running_moments.h"

#include <gtest/gtest.h>

#include "core/noise.h"
#include "support/tensors.h"

namespace vae {
namespace {

// Far from zero against their spread, where sums of squares would lose half the digits.
Tensor rows() {
  Random random(1, "rows");
  return 1e6 + normal(random, {200, 7}, test::kFloat64);
}

RunningMoments in_pieces_of(int64_t size) {
  RunningMoments moments;
  for (const Tensor& piece : rows().split(size)) moments.add(piece);
  return moments;
}

// Rounding of numbers near 1e6 is 1e-10; 200 of them average it out rather than add it up.
TEST(RunningMoments, AreTheMomentsByTheirFormulas) {
  for (const int64_t size : {1, 3, 64, 200}) {
    const RunningMoments moments = in_pieces_of(size);
    EXPECT_EQ(moments.count(), 200);
    EXPECT_LT(test::distance(moments.mean(), rows().mean(0)), 1e-8) << size;
    EXPECT_LT(test::distance(moments.variance(), rows().var(0)), 1e-8) << size;
  }
}

TEST(RunningMoments, OfFloatsAreKeptInDouble) {
  RunningMoments moments;
  for (int i = 0; i < 3; ++i) moments.add(torch::full({1, 2}, 0.1F));
  EXPECT_EQ(moments.mean().scalar_type(), torch::kDouble);
  EXPECT_EQ(test::distance(moments.variance(), torch::zeros({2})), 0);
}

TEST(RunningMoments, LeaveTheirRowsAlone) {
  const Tensor row = test::values({1, 2}).unsqueeze(0);
  RunningMoments moments;
  moments.add(row);
  moments.add(3 * row);
  EXPECT_EQ(test::distance(row[0], test::values({1, 2})), 0);
}

}  // namespace
}  // namespace vae
