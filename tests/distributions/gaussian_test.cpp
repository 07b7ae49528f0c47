#include "distributions/gaussian.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/noise.h"
#include "support/gradients.h"
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

Gaussian gaussian(const VarianceConfig& variance, int64_t channels = 1) {
  return Gaussian({.variance = variance}, channels);
}

std::shared_ptr<Gaussian> learned(double log_variance) {
  auto likelihood =
      std::make_shared<Gaussian>(GaussianConfig{.variance = LearnedVarianceConfig{.floor = 1e-20}}, 1);
  likelihood->to(torch::kDouble);
  test::fill_parameters(*likelihood, log_variance);
  return likelihood;
}

TEST(GaussianLikelihood, LogProbAgreesWithScipy) {
  // scipy.stats.norm.logpdf(pixels, means, sigma).sum() with
  // sigma = 0.1
  const Gaussian fixed = gaussian(FixedVarianceConfig{.value = 0.01});
  EXPECT_NEAR(fixed.log_prob(pixels(), means()).item<double>(), -100.98541376084248, 1e-9);
  // sigma = exp(-1.25 / 2)
  EXPECT_NEAR(learned(-1.25)->log_prob(pixels(), means()).item<double>(), -4.893667451107044, 1e-9);
  // sigma = sqrt(1e-4 + exp([-3, 0, 1.5, -30]))
  const Gaussian per_pixel = gaussian(PerPixelVarianceConfig{.floor = 1e-4});
  EXPECT_NEAR(per_pixel.log_prob(pixels(), with_log_variances({-3, 0, 1.5, -30})).item<double>(),
              -9798.439915569421, 1e-9 * 9798);
}

TEST(GaussianLikelihood, MeanIsTheFirstHalfOfTheParameters) {
  EXPECT_TRUE(torch::equal(gaussian(FixedVarianceConfig{}).mean(means()), means()));
  EXPECT_TRUE(torch::equal(learned(-1)->mean(means()), means()));
  EXPECT_TRUE(
      torch::equal(gaussian(PerPixelVarianceConfig{}).mean(with_log_variances({-3, 0, 1.5, -30})), means()));
}

TEST(GaussianLikelihood, ColoursKeepTheirOwnVariance) {
  const Gaussian likelihood = gaussian(PerPixelVarianceConfig{.floor = 1e-4});
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
  const Gaussian fixed = gaussian(FixedVarianceConfig{.value = 0.07});
  EXPECT_LT(variance_of_samples(fixed, mean, 0.3, 0.07), test::kStandardErrors);
  EXPECT_LT(variance_of_samples(*learned(-1.25), mean, 0.3, std::exp(-1.25)), test::kStandardErrors);

  const Gaussian per_pixel = gaussian(PerPixelVarianceConfig{.floor = 0.02});
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
    const Gaussian likelihood = gaussian(variance);
    return likelihood.log_prob(x, likelihood.parameters_for_mean(x[0]).unsqueeze(0)).item<double>();
  };
  // Parameters may be float32, whose rounding shows in the seventh digit.
  EXPECT_NEAR(at_start(FixedVarianceConfig{.value = 0.2}), log_density(0.2), 1e-6);
  EXPECT_NEAR(at_start(LearnedVarianceConfig{.initial = 0.2}), log_density(0.2), 1e-6);
  EXPECT_NEAR(at_start(PerPixelVarianceConfig{.floor = 0.05, .initial = 0.2}), log_density(0.2), 1e-6);
}

TEST(GaussianLikelihood, OnlyTheLearnedVarianceIsAParameter) {
  EXPECT_TRUE(gaussian(FixedVarianceConfig{}).parameters().empty());
  EXPECT_TRUE(gaussian(PerPixelVarianceConfig{}).parameters().empty());
  const auto parameters = gaussian(LearnedVarianceConfig{}).parameters();
  ASSERT_EQ(parameters.size(), 1u);
  EXPECT_EQ(parameters[0].numel(), 1);
  EXPECT_TRUE(parameters[0].requires_grad());
}

TEST(GaussianLikelihood, AsksForAsManyChannelsAsItReads) {
  EXPECT_EQ(gaussian(FixedVarianceConfig{}).parameter_channels(3), 3);
  EXPECT_EQ(gaussian(LearnedVarianceConfig{}).parameter_channels(3), 3);
  EXPECT_EQ(gaussian(PerPixelVarianceConfig{}).parameter_channels(3), 6);
  EXPECT_EQ(gaussian(FixedVarianceConfig{}).base_measure(), BaseMeasure::density);
}

TEST(GaussianLikelihood, ChannelsMayHaveVariancesOfTheirOwn) {
  Gaussian likelihood = gaussian(PerChannelVarianceConfig{.floor = 0.01}, 3);
  likelihood.to(torch::kDouble);
  ASSERT_EQ(likelihood.parameters().size(), 1u);
  const at::NoGradGuard guard;
  likelihood.parameters()[0].flatten().copy_(test::values({-3, 0, 1.5}));
  double expected = 0;
  for (const double raw : {-3.0, 0.0, 1.5}) expected -= 2 * std::log(2 * M_PI * (0.01 + std::exp(raw)));
  const Tensor x = torch::full({1, 3, 2, 2}, 0.3, test::kFloat64);
  EXPECT_NEAR(likelihood.log_prob(x, x).item<double>(), expected, 1e-12);
}

TEST(GaussianLikelihood, MeanMayBeConstrained) {
  const Tensor raw = test::values({-1e4, -2, 0, 3, 1e4}).view({1, 1, 1, 5});
  const auto mean = [&](Constraint constraint) {
    return Gaussian({.mean_constraint = constraint}, 1).mean(raw).flatten();
  };
  EXPECT_LT(test::distance(mean(Constraint::sigmoid), torch::sigmoid(raw).flatten()), 1e-15);
  EXPECT_GE(mean(Constraint::exp).min().item<double>(), 0);
  EXPECT_TRUE(check(GaussianConfig{.mean_constraint = Constraint::projected}).has_value());
  EXPECT_FALSE(check(GaussianConfig{.mean_constraint = Constraint::sigmoid}).has_value());
}

// Errors of mean square 0.0025, 0.01 and so on for x = 0.
Tensor errors(double size) { return torch::full({2, 1, 3, 3}, size, test::kFloat64); }

TEST(OptimalVariance, MaximisesTheLikelihoodOfTheBatch) {
  const Gaussian optimal = gaussian(OptimalVarianceConfig{});
  const Tensor x = torch::zeros({2, 1, 3, 3}, test::kFloat64);
  Random random(1, "mean");
  const Tensor mean = 0.3 * normal(random, x.sizes(), test::kFloat64);
  const double best = optimal.log_prob(x, mean).sum().item<double>();
  const double mean_square = mean.square().mean().item<double>();
  for (const double factor : {0.9, 0.99, 1.01, 1.1}) {
    const Gaussian fixed = gaussian(FixedVarianceConfig{.value = factor * mean_square});
    EXPECT_LT(fixed.log_prob(x, mean).sum().item<double>(), best) << factor;
  }
  // Its value at the maximum: -D / 2 (log(2 pi v) + 1) over D = 18 dimensions.
  EXPECT_NEAR(best, -9 * (std::log(2 * M_PI * mean_square) + 1), 1e-10);
}

TEST(OptimalVariance, GradientIsThatOfTheMaximum) {
  const Gaussian optimal = gaussian(OptimalVarianceConfig{});
  const Tensor x = torch::zeros({2, 1, 3, 3}, test::kFloat64);
  Random random(1, "mean");
  Tensor mean = 0.3 * normal(random, x.sizes(), test::kFloat64);
  mean.requires_grad_();
  test::expect_gradient([&] { return optimal.log_prob(x, mean).sum(); }, mean, "the mean", 18);
}

TEST(OptimalVariance, IsRememberedForEvaluation) {
  Gaussian likelihood = gaussian(OptimalVarianceConfig{.initial = 0.1});
  const Tensor x = torch::zeros({2, 1, 3, 3}, test::kFloat64);
  const auto remembered = [&] {
    likelihood.eval();
    const double log_prob = likelihood.log_prob(x[0].unsqueeze(0), x[0].unsqueeze(0)).item<double>();
    likelihood.train();
    return std::exp(-2 * log_prob / 9) / (2 * M_PI);
  };
  EXPECT_NEAR(remembered(), 0.1, 1e-6);  // the buffer is float32
  likelihood.log_prob(x, errors(0.2));
  // The start weighs as one batch, decayed once.
  EXPECT_NEAR(remembered(), (0.99 * 0.1 + 0.04) / 1.99, 1e-6);
  for (int batch = 0; batch < 2000; ++batch) likelihood.log_prob(x, errors(0.05));
  EXPECT_NEAR(remembered(), 0.0025, 1e-8);
  Random random(1, "sample");
  likelihood.eval();
  const Tensor draws = likelihood.sample(torch::zeros({50'000, 1, 1, 1}, test::kFloat64), random);
  EXPECT_LT(test::z_score(draws.square(), 0.0025), test::kStandardErrors);
}

TEST(OptimalVariance, EvaluationDoesNotChangeIt) {
  Gaussian likelihood = gaussian(OptimalVarianceConfig{});
  const Tensor before = likelihood.buffers()[0].clone();
  likelihood.eval();
  likelihood.log_prob(torch::zeros_like(errors(1)), errors(0.3));
  EXPECT_TRUE(torch::equal(likelihood.buffers()[0], before));
}

TEST(OptimalVariance, ForgetsABatchThatDiverged) {
  Gaussian likelihood = gaussian(OptimalVarianceConfig{});
  const Tensor before = likelihood.buffers()[0].clone();
  likelihood.log_prob(torch::zeros_like(errors(1)), errors(NAN));
  likelihood.log_prob(torch::zeros_like(errors(1)), errors(INFINITY));
  EXPECT_TRUE(torch::equal(likelihood.buffers()[0], before));
}

TEST(OptimalVariance, StopsAtItsFloor) {
  const Gaussian likelihood = gaussian(OptimalVarianceConfig{.floor = 0.01});
  const Tensor x = torch::zeros({2, 1, 3, 3}, test::kFloat64);
  EXPECT_NEAR(likelihood.log_prob(x, x)[0].item<double>(), -4.5 * std::log(2 * M_PI * 0.01), 1e-12);
}

}  // namespace
}  // namespace vae
