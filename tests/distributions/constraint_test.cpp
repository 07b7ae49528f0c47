#include "distributions/constraint.h"

#include <gtest/gtest.h>

#include "support/gradients.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr double kFloor = 0.05;

std::vector<Constraint> every_constraint() {
  std::vector<Constraint> all;
  for (const auto& [name, constraint] : names(Tag<Constraint>{})) all.push_back(constraint);
  return all;
}

TEST(Constraint, IsInverted) {
  const Tensor values = test::values({0.06, 0.3, 0.9, 1.04});  // below 1.05, where the sigmoid ends
  for (const Constraint constraint : every_constraint()) {
    const Tensor raw = unconstrain(values, constraint, kFloor);
    EXPECT_LT(test::distance(constrain(raw, constraint, kFloor), values), 1e-14);
  }
}

TEST(Constraint, IsAboveTheFloorWhateverTheRawNumber) {
  const Tensor raw = test::values({-1e30, -1e4, -50, 0, 50, 1e4, 1e30});
  for (const Constraint constraint : {Constraint::exp, Constraint::softplus, Constraint::sigmoid}) {
    const Tensor constrained = constrain(raw, constraint, kFloor);
    EXPECT_GE(constrained.min().item<double>(), kFloor);
    EXPECT_TRUE(test::is_finite(constrained));
    EXPECT_TRUE(test::is_finite(constrain(raw.to(torch::kFloat), constraint, kFloor)));
  }
}

TEST(Constraint, HasTheDerivativeOfItsFunction) {
  for (const Constraint constraint : every_constraint()) {
    Tensor raw = test::values({-20, -1, 0, 0.5, 4, 20}).requires_grad_();
    test::expect_gradient([&] { return constrain(raw, constraint, kFloor).sum(); }, raw, "raw", 6);
  }
}

TEST(Constraint, StartsAtAnEndWithAGradientLeft) {
  for (const Constraint constraint : {Constraint::exp, Constraint::softplus, Constraint::sigmoid}) {
    Tensor raw = unconstrain(test::values({0, kFloor, 1e9}), constraint, kFloor).requires_grad_();
    constrain(raw, constraint, kFloor).sum().backward();
    EXPECT_TRUE(test::is_finite(raw));
    EXPECT_GT(raw.grad().slice(0, 0, 2).min().item<double>(), 0);
  }
}

TEST(Constraint, ProjectionMovesOnlyWhatIsBelowTheFloor) {
  const Tensor parameter = test::values({-3, 0.04, 0.06, 2});
  project(parameter, Constraint::exp, kFloor);
  EXPECT_TRUE(torch::equal(parameter, test::values({-3, 0.04, 0.06, 2})));
  project(parameter, Constraint::projected, kFloor);
  EXPECT_TRUE(torch::equal(parameter, test::values({kFloor, kFloor, 0.06, 2})));
}

/// Where gradient descent of `loss` over numbers above the floor ends, from 1.
template <class Loss>
double minimise(const Loss& loss, Constraint constraint) {
  Tensor raw = unconstrain(test::values({1}), constraint, kFloor).requires_grad_();
  for (int step = 0; step < 4000; ++step) {
    raw.mutable_grad().reset();
    loss(constrain(raw, constraint, kFloor)).backward();
    const at::NoGradGuard guard;
    raw.sub_(raw.grad(), 0.5);
    project(raw, constraint, kFloor);
  }
  return constrain(raw, constraint, kFloor).template item<double>();
}

// (v + 1)^2 has its minimum over v >= floor at the floor, with a slope of about 2 there. Under exp the
// distance d to the floor falls as d' = -2 d^2, to 1 / (2 t) after time t = 2000.
TEST(Constraint, EveryKindArrivesAtAnOptimumOnTheBoundary) {
  for (const Constraint constraint : every_constraint()) {
    const double end = minimise([](const Tensor& v) { return (v + 1).square().sum(); }, constraint);
    EXPECT_NEAR(end, kFloor, 1e-3);
    if (constraint == Constraint::projected) {
      EXPECT_EQ(end, kFloor);
    }
  }
}

TEST(Constraint, EveryKindArrivesAtAnOptimumInside) {
  for (const Constraint constraint : every_constraint()) {
    EXPECT_NEAR(minimise([](const Tensor& v) { return (v - 0.4).square().sum(); }, constraint), 0.4, 1e-9);
  }
}

TEST(Constraint, OfADecodersOutputCannotBeProjected) {
  ASSERT_TRUE(check_of_decoder_output("constraint", Constraint::projected).has_value());
  EXPECT_NE(check_of_decoder_output("constraint", Constraint::projected)->find("constraint: \"projected\""),
            std::string::npos);
  EXPECT_FALSE(check_of_decoder_output("constraint", Constraint::softplus).has_value());
}

TEST(Constraint, RefusesAnInitialValueItCannotReach) {
  for (const Constraint constraint : every_constraint()) {
    EXPECT_FALSE(check_initial(0.3, constraint, 0.1).has_value());
    EXPECT_TRUE(check_initial(0.05, constraint, 0.1).has_value());
  }
  EXPECT_FALSE(check_initial(0.1, Constraint::projected, 0.1).has_value());
  EXPECT_TRUE(check_initial(0.1, Constraint::exp, 0.1).has_value());
  EXPECT_TRUE(check_initial(1.2, Constraint::sigmoid, 0.1).has_value());
  EXPECT_FALSE(check_initial(1.2, Constraint::exp, 0.1).has_value());
}

}  // namespace
}  // namespace vae
