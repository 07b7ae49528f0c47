// Log-densities and means against values with 80 digits.
#include "distributions/likelihood_goldens.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "distributions/likelihoods.h"
#include "support/base_measure.h"
#include "support/tensors.h"

namespace vae {
namespace {

struct Case {
  LikelihoodConfig config;
  const std::vector<test::Golden>& goldens;
};

std::vector<Case> cases() {
  return {{ContinuousBernoulliConfig{}, test::k_continuous_bernoulli},
          {GaussianConfig{.variance = PerPixelVarianceConfig{}}, test::k_gaussian},
          {LogitNormalConfig{}, test::k_logit_normal},
          {TruncatedGaussianConfig{}, test::k_truncated_gaussian},
          {CensoredGaussianConfig{}, test::k_censored_gaussian},
          {BetaConfig{}, test::k_beta},
          {DiscretizedLogisticConfig{}, test::k_discretized_logistic},
          {DiscretizedLogisticMixtureConfig{.components = 2}, test::k_discretized_logistic_mixture},
          {DiscretizedLogisticMixtureConfig{.components = 2}, test::k_discretized_logistic_mixture_rgb},
          {CategoricalConfig{.levels = 4}, test::k_categorical}};
}

Tensor as_pixel(const std::vector<double>& numbers) {
  return test::values(numbers).view({1, static_cast<int64_t>(numbers.size()), 1, 1});
}

double error(double value, double expected) {
  return std::abs(value - expected) / std::max(1.0, std::abs(expected));
}

template <class Check>
void for_each_golden(const Check& check) {
  for (const auto& [config, goldens] : cases()) {
    const auto channels = static_cast<int64_t>(goldens.front().x.size());
    const auto likelihood = make_likelihood(config, channels);
    for (const test::Golden& golden : goldens) {
      SCOPED_TRACE(testing::Message() << config.type() << ", x = " << testing::PrintToString(golden.x)
                                      << ", parameters " << testing::PrintToString(golden.parameters));
      check(*likelihood, golden);
    }
  }
}

TEST(Goldens, LogProbIsExact) {
  for_each_golden([](const Likelihood& likelihood, const test::Golden& golden) {
    const double log_prob =
        likelihood.log_prob(as_pixel(golden.x), as_pixel(golden.parameters)).item<double>();
    EXPECT_LT(error(log_prob, golden.log_prob), 1e-9) << log_prob << " for " << golden.log_prob;
  });
}

TEST(Goldens, MeanIsExact) {
  for_each_golden([](const Likelihood& likelihood, const test::Golden& golden) {
    if (golden.x.size() > 1) return;  // by Monte Carlo
    const double mean = likelihood.mean(as_pixel(golden.parameters)).item<double>();
    EXPECT_LT(error(mean, golden.mean), 1e-9) << mean << " for " << golden.mean;
  });
}

TEST(Goldens, AreFiniteWithFiniteGradientsInSinglePrecision) {
  for_each_golden([](const Likelihood& likelihood, const test::Golden& golden) {
    const Tensor parameters = as_pixel(golden.parameters).to(torch::kFloat).requires_grad_();
    const Tensor log_prob = likelihood.log_prob(as_pixel(golden.x).to(torch::kFloat), parameters);
    log_prob.sum().backward();
    EXPECT_TRUE(test::is_finite(log_prob));
    EXPECT_TRUE(test::is_finite(parameters.grad())) << parameters.grad();
    EXPECT_TRUE(test::is_finite(likelihood.mean(parameters)));
  });
}

TEST(Goldens, HaveFiniteSamplesInSinglePrecision) {
  for_each_golden([](const Likelihood& likelihood, const test::Golden& golden) {
    Random random(1, "sample");
    const Tensor parameters = as_pixel(golden.parameters).to(torch::kFloat);
    const Tensor draws = likelihood.sample(parameters.expand({8, -1, 1, 1}), random);
    EXPECT_TRUE(test::is_finite(draws));
    if (likelihood.base_measure() != BaseMeasure::density) {
      EXPECT_GE(draws.min().item<double>(), 0);
      EXPECT_LE(draws.max().item<double>(), 1);
    }
  });
}

TEST(Goldens, SamplesFollowTheDistributionFunction) {
  for_each_golden([](const Likelihood& likelihood, const test::Golden& golden) {
    const bool on_unit_interval = dynamic_cast<const LogitNormal*>(&likelihood) == nullptr &&
                                  dynamic_cast<const Beta*>(&likelihood) == nullptr &&
                                  dynamic_cast<const Gaussian*>(&likelihood) == nullptr;
    if (!on_unit_interval || golden.x.size() > 1) return;
    EXPECT_LT(test::transform_statistic(likelihood, {}, as_pixel(golden.parameters), 1000),
              test::kStrictKolmogorovBound);
  });
}

}  // namespace
}  // namespace vae
