#include "model/interpolate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "core/error.h"
#include "core/noise.h"
#include "support/tensors.h"
#include "support/throws.h"

namespace vae {
namespace {

Tensor vector_of(std::string_view purpose) {
  Random random(1, purpose);
  return normal(random, {50}, test::kFloat64);
}

class BothInterpolations : public testing::TestWithParam<Interpolation> {};

TEST_P(BothInterpolations, LeadFromOneEndToTheOther) {
  const Tensor from = vector_of("from"), to = vector_of("to");
  const Tensor path = interpolate(from, to, 5, GetParam());
  EXPECT_EQ(path.sizes(), (std::vector<int64_t>{5, 50}));
  EXPECT_LT(test::distance(path[0], from), 1e-14);
  EXPECT_LT(test::distance(path[4], to), 1e-14);
}

TEST_P(BothInterpolations, StayWhereBothEndsAreOne) {
  const Tensor from = vector_of("from");
  EXPECT_LT(test::distance(interpolate(from, from, 3, GetParam())[1], from), 1e-14);
}

TEST_P(BothInterpolations, KeepTheType) {
  const Tensor from = vector_of("from").to(torch::kFloat), to = vector_of("to").to(torch::kFloat);
  EXPECT_EQ(interpolate(from, to, 3, GetParam()).scalar_type(), torch::kFloat);
}

INSTANTIATE_TEST_SUITE_P(All, BothInterpolations,
                         testing::Values(Interpolation::linear, Interpolation::spherical));

TEST(LinearInterpolation, HasItsMiddleInTheMiddle) {
  const Tensor from = vector_of("from"), to = vector_of("to");
  EXPECT_LT(test::distance(interpolate(from, to, 3, Interpolation::linear)[1], (from + to) / 2), 1e-14);
}

TEST(SphericalInterpolation, TurnsByEqualAngles) {
  const Tensor path = interpolate(test::values({2, 0}), test::values({0, 2}), 7, Interpolation::spherical);
  for (int64_t i = 0; i < 7; ++i) {
    const double angle = static_cast<double>(i) * std::numbers::pi / 12;
    EXPECT_LT(test::distance(path[i], test::values({2 * std::cos(angle), 2 * std::sin(angle)})), 1e-14);
  }
}

TEST(SphericalInterpolation, KeepsTheNormOfBothEnds) {
  const Tensor from = vector_of("from");
  const Tensor to = vector_of("to") * (from.norm() / vector_of("to").norm());
  const Tensor norms = interpolate(from, to, 9, Interpolation::spherical).norm(2, 1);
  EXPECT_LT((norms / from.norm() - 1).abs().max().item<double>(), 1e-13);
}

// Beyond the smallest angle the formula holds; where it is left for the line, the two must agree.
TEST(SphericalInterpolation, IsContinuousWhereItBecomesLinear) {
  for (const double angle : {0.5e-4, 2e-4}) {
    const Tensor from = test::values({1, 0}), to = test::values({std::cos(angle), std::sin(angle)});
    const Tensor difference =
        interpolate(from, to, 5, Interpolation::spherical) - interpolate(from, to, 5, Interpolation::linear);
    EXPECT_LT(difference.abs().max().item<double>(), angle * angle);
  }
}

TEST(SphericalInterpolation, GoesStraightFromTheOrigin) {
  const Tensor to = vector_of("to");
  EXPECT_LT(test::distance(interpolate(0 * to, to, 3, Interpolation::spherical)[1], to / 2), 1e-14);
}

TEST(SphericalInterpolation, RefusesOppositeEnds) {
  const Tensor from = vector_of("from");
  EXPECT_TRUE(test::throws<UsageError>([&] { interpolate(from, -2 * from, 3, Interpolation::spherical); },
                                       {"opposite", "linear"}));
}

}  // namespace
}  // namespace vae
