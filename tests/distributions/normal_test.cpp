#include "distributions/normal.h"

#include <gtest/gtest.h>

#include <numbers>

#include "support/gradients.h"
#include "support/tensors.h"

namespace vae {
namespace {

struct Golden {
  double x, mean, log_variance, log_prob;
};

// scipy.stats.norm.logpdf(x, mean, numpy.exp(log_variance / 2))
constexpr Golden kGoldens[] = {{0, 0, 0, -0.9189385332046727},
                               {0.7, -1.2, -2, -13.256184791774492},
                               {3.5, 0.25, 1.5, -2.8473446914885674},
                               {0.1, 0.1, -9, 3.5810614667953273},
                               {-40, 2, 3, -46.33113283366068}};

TEST(NormalLogProb, AgreesWithScipy) {
  for (const auto& [x, mean, log_variance, log_prob] : kGoldens) {
    EXPECT_NEAR(
        normal_log_prob(test::values({x}), test::values({mean}), test::values({log_variance})).item<double>(),
        log_prob, 1e-9);
  }
}

TEST(NormalLogProb, Broadcasts) {
  const Tensor x = torch::linspace(-1, 1, 6, test::kFloat64).view({2, 1, 3});
  const Tensor mean = torch::linspace(0, 1, 4, test::kFloat64).view({4, 1});
  const Tensor result = normal_log_prob(x, mean, test::values({-0.3}));
  ASSERT_EQ(result.sizes(), (std::vector<int64_t>{2, 4, 3}));
  EXPECT_EQ(result[1][2][0].item<double>(),
            normal_log_prob(x[1][0][0], mean[2][0], test::values({-0.3})).item<double>());
}

TEST(NormalLogProb, GradientMatchesFiniteDifferences) {
  Tensor x = test::values({0.3, -2.0}).requires_grad_(), mean = test::values({1.0, 0.4}).requires_grad_(),
         log_variance = test::values({-3.0, 1.5}).requires_grad_();
  const auto value = [&] { return normal_log_prob(x, mean, log_variance).sum(); };
  test::expect_gradient(value, x, "x");
  test::expect_gradient(value, mean, "mean");
  test::expect_gradient(value, log_variance, "log_variance");
}

}  // namespace
}  // namespace vae
