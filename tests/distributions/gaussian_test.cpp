#include "distributions/gaussian.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/statistics.h"
#include "support/tensors.h"

namespace vae {
namespace {

// A picture of one row, and means for it.
Tensor pixels() { return test::values({0.1, 0.5, 0.9, 1.0}).view({1, 1, 1, 4}); }
Tensor means() { return test::values({0.0, 0.52, 1.3, -0.4}).view({1, 1, 1, 4}); }

Tensor with_log_variances(const std::vector<double>& log_variances) {
  return torch::cat({means(), test::values(log_variances).view({1, 1, 1, 4})}, 1);
}

std::shared_ptr<Gaussian> learned(double log_variance) {
  auto likelihood = std::make_shared<Gaussian>(LearnedVarianceConfig{});
  likelihood->to(torch::kDouble);
  test::fill_parameters(*likelihood, log_variance);
  return likelihood;
}

TEST(GaussianLikelihood, LogProbAgreesWithScipy) {
  // scipy.stats.norm.logpdf(pixels, means, sigma).sum() with
  // sigma = 0.1
  const Gaussian fixed(FixedVarianceConfig{.value = 0.01});
  EXPECT_NEAR(fixed.log_prob(pixels(), means()).item<double>(), -100.98541376084248, 1e-9);
  // sigma = exp(-1.25 / 2)
  EXPECT_NEAR(learned(-1.25)->log_prob(pixels(), means()).item<double>(), -4.893667451107044, 1e-9);
  // sigma = sqrt(1e-4 + exp([-3, 0, 1.5, -30]))
  const Gaussian per_pixel(PerPixelVarianceConfig{.floor = 1e-4});
  EXPECT_NEAR(per_pixel.log_prob(pixels(), with_log_variances({-3, 0, 1.5, -30})).item<double>(),
              -9798.439915569421, 1e-9 * 9798);
}

TEST(GaussianLikelihood, MeanIsTheFirstHalfOfTheParameters) {
  EXPECT_TRUE(torch::equal(Gaussian(FixedVarianceConfig{}).mean(means()), means()));
  EXPECT_TRUE(torch::equal(learned(-1)->mean(means()), means()));
  EXPECT_TRUE(
      torch::equal(Gaussian(PerPixelVarianceConfig{}).mean(with_log_variances({-3, 0, 1.5, -30})), means()));
}

TEST(GaussianLikelihood, ColoursKeepTheirOwnVariance) {
  const Gaussian likelihood(PerPixelVarianceConfig{.floor = 1e-4});
  const Tensor x = torch::zeros({1, 3, 1, 1}, test::kFloat64);
  const Tensor parameters = test::values({0, 0, 0, -1, 0, 2}).view({1, 6, 1, 1});
  double expected = 0;
  for (const double log_variance : {-1, 0, 2}) {
    expected -= 0.5 * std::log(2 * M_PI * (1e-4 + std::exp(log_variance)));
  }
  EXPECT_NEAR(likelihood.log_prob(x, parameters).item<double>(), expected, 1e-12);
}

double variance_of_samples(const Likelihood& likelihood, const Tensor& parameters, double mean,
                           double expected) {
  Random random(1, "sample");
  const Tensor draws = likelihood.sample(parameters.expand({50'000, -1, -1, -1}), random);
  return test::z_score((draws - mean).square(), expected);
}

TEST(GaussianLikelihood, SamplesHaveTheVariance) {
  const Tensor mean = torch::full({1, 1, 1, 1}, 0.3, test::kFloat64);
  const Gaussian fixed(FixedVarianceConfig{.value = 0.07});
  EXPECT_LT(variance_of_samples(fixed, mean, 0.3, 0.07), test::kStandardErrors);
  EXPECT_LT(variance_of_samples(*learned(-1.25), mean, 0.3, std::exp(-1.25)), test::kStandardErrors);

  const Gaussian per_pixel(PerPixelVarianceConfig{.floor = 0.02});
  const auto parameters = [&](double log_variance) {
    return torch::cat({mean, torch::full_like(mean, log_variance)}, 1);
  };
  EXPECT_LT(variance_of_samples(per_pixel, parameters(-3), 0.3, 0.02 + std::exp(-3)), test::kStandardErrors);
  EXPECT_LT(variance_of_samples(per_pixel, parameters(-50), 0.3, 0.02), test::kStandardErrors)
      << "at the floor";
}

TEST(GaussianLikelihood, TheVarianceStartsAsConfigured) {
  const Tensor x = torch::full({1, 1, 1, 1}, 0.5, test::kFloat64);
  const auto log_density = [](double variance) { return -0.5 * std::log(2 * M_PI * variance); };
  const auto at_start = [&](const VarianceConfig& variance) {
    const Gaussian likelihood(variance);
    return likelihood.log_prob(x, likelihood.parameters_for_mean(x[0]).unsqueeze(0)).item<double>();
  };
  // Parameters may be float32, whose rounding shows in the seventh digit.
  EXPECT_NEAR(at_start(FixedVarianceConfig{.value = 0.2}), log_density(0.2), 1e-6);
  EXPECT_NEAR(at_start(LearnedVarianceConfig{.initial = 0.2}), log_density(0.2), 1e-6);
  EXPECT_NEAR(at_start(PerPixelVarianceConfig{.floor = 0.05, .initial = 0.2}), log_density(0.25), 1e-6);
}

TEST(GaussianLikelihood, OnlyTheLearnedVarianceIsAParameter) {
  EXPECT_TRUE(Gaussian(FixedVarianceConfig{}).parameters().empty());
  EXPECT_TRUE(Gaussian(PerPixelVarianceConfig{}).parameters().empty());
  const auto parameters = Gaussian(LearnedVarianceConfig{}).parameters();
  ASSERT_EQ(parameters.size(), 1u);
  EXPECT_EQ(parameters[0].numel(), 1);
  EXPECT_TRUE(parameters[0].requires_grad());
}

TEST(GaussianLikelihood, AsksForAsManyChannelsAsItReads) {
  EXPECT_EQ(Gaussian(FixedVarianceConfig{}).parameter_channels(3), 3);
  EXPECT_EQ(Gaussian(LearnedVarianceConfig{}).parameter_channels(3), 3);
  EXPECT_EQ(Gaussian(PerPixelVarianceConfig{}).parameter_channels(3), 6);
  EXPECT_EQ(Gaussian(FixedVarianceConfig{}).base_measure(), BaseMeasure::continuous);
}

}  // namespace
}  // namespace vae
