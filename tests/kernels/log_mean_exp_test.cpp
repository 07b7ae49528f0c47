#include "kernels/log_mean_exp.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/fused.h"

namespace vae {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Sums are in double; the value is rounded once, relative to the larger of the numbers that cancel in it.
TEST(LogMeanExp, AgreesWithTheReferenceInFloat64) {
  for (const std::vector<int64_t>& shape :
       {std::vector<int64_t>{1}, {5}, {1, 1, 7}, {50, 1, 20}, {3, 2000}}) {
    for (const double scale : {1.0, 300.0}) {
      for (const double power : {1.0, 0.5, -2.0}) {
        const Tensor x = test::draws(shape, 1) * scale;
        const auto mean = [=](const std::vector<Tensor>& t) { return log_mean_exp(t[0], power); };
        const auto exact = [=](const std::vector<Tensor>& t) { return reference::log_mean_exp(t[0], power); };
        const Tensor arriving = test::draws(x.sizes().slice(1), 2);
        const test::Evaluated ours = test::evaluate(mean, {x}, 0, arriving);
        const test::Evaluated theirs = test::evaluate(exact, test::in_float64({x}), 0, arriving);
        test::expect_close(ours.value, theirs.value, x.abs().max(), 2 * 0x1p-24, "value");
        test::expect_close(ours.gradients[0], theirs.gradients[0], arriving.abs().max(), 4 * 0x1p-24,
                           "gradient");
      }
    }
  }
}

TEST(LogMeanExp, KeepsWhatIsNotFinite) {
  const auto of = [](std::vector<float> x) { return log_mean_exp(torch::tensor(x)).item<float>(); };
  EXPECT_EQ(of({-kInfinity, -kInfinity}), -kInfinity);
  EXPECT_EQ(of({-kInfinity, 1}), 1 - std::log(2.0F));
  EXPECT_EQ(of({kInfinity, 1}), kInfinity);
  EXPECT_TRUE(std::isnan(of({1, NAN, 2})));
}

TEST(LogMeanExp, RefusesSecondDerivatives) {
  const Tensor x = test::draws({3, 4}, 1).requires_grad_(true);
  EXPECT_THROW(torch::autograd::grad({log_mean_exp(x).sum()}, {x}, {}, true, /*create_graph=*/true),
               c10::Error);
}

}  // namespace
}  // namespace vae
