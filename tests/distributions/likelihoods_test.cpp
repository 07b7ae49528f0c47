// What holds for every likelihood.
#include "distributions/likelihoods.h"

#include <gtest/gtest.h>

#include <cmath>
#include <concepts>
#include <string>
#include <utility>

#include "core/noise.h"
#include "support/base_measure.h"
#include "support/examples.h"
#include "support/gradients.h"
#include "support/statistics.h"
#include "support/tensors.h"

namespace vae {
namespace {

/// A likelihood of each example of a row, in float64 and evaluation mode.
template <class Row>
std::vector<std::shared_ptr<Likelihood>> example_likelihoods(int64_t channels) {
  std::vector<std::shared_ptr<Likelihood>> all;
  for (const Row& example : test::examples(Tag<Row>{})) {
    all.push_back(make_likelihood(LikelihoodConfig(example), channels));
    all.back()->to(torch::kDouble);
    all.back()->eval();
  }
  return all;
}

/// Channels of pictures for which a row's mean is exact.
template <class Row>
constexpr int64_t kExactChannels = std::same_as<Row, DiscretizedLogisticMixtureConfig> ? 1 : 3;

/// Parameters [leading..., parameter_channels(C), H, W] that differ everywhere.
Tensor random_parameters(const Likelihood& likelihood, std::vector<int64_t> leading, int64_t channels,
                         int64_t height, int64_t width) {
  leading.insert(leading.end(), {likelihood.parameter_channels(channels), height, width});
  Random random(1, "parameters");
  return normal(random, leading, test::kFloat64);
}

/// The same above 0.5: where x is shrunk, draws then have digits for their distance from x' = 0 and 1.
Tensor positive_parameters(const Likelihood& likelihood, std::vector<int64_t> leading, int64_t channels,
                           int64_t height, int64_t width) {
  return 0.5 + random_parameters(likelihood, std::move(leading), channels, height, width).abs();
}

/// x [count, channels, height, width] that the likelihood has a density for.
Tensor random_pictures(const Likelihood& likelihood, int64_t count, int64_t channels, int64_t height,
                       int64_t width) {
  Random random(1, "pictures");
  const Tensor grey = uniform(random, {count, channels, height, width}, test::kFloat64);
  switch (likelihood.base_measure()) {
    case BaseMeasure::binary:
      return grey.round();
    case BaseMeasure::levels:
    case BaseMeasure::coarse_levels:
      return (grey * 255).round() / 255;
    case BaseMeasure::mixed:
      return (1.6 * grey - 0.3).clamp(0, 1);
    case BaseMeasure::density:
      return grey;
  }
  return {};
}

/// Values of raw parameters between which densities are integrated. x' so near 0 and 1 that x has no digits
/// for it must have next to no probability, where x is shrunk; goldens go farther.
template <class Row>
std::vector<double> raw_parameters(Tag<Row>) {
  return {-30, -5, -0.4, 0, 0.3, 1, 6, 30};
}
std::vector<double> raw_parameters(Tag<LogitNormalConfig>) { return {-3, -0.4, 0, 0.3, 1.5}; }
std::vector<double> raw_parameters(Tag<BetaConfig>) { return {1, 2, 4}; }

template <class Row>
class EveryLikelihood : public testing::Test {};
TYPED_TEST_SUITE(EveryLikelihood, LikelihoodConfig::As<testing::Types>, test::RowName);

TYPED_TEST(EveryLikelihood, IsNormalised) {
  const auto configs = test::examples(Tag<TypeParam>{});
  const auto likelihoods = example_likelihoods<TypeParam>(1);
  for (size_t i = 0; i < configs.size(); ++i) {
    const Likelihood& likelihood = *likelihoods[i];
    const int64_t channels = likelihood.parameter_channels(1);
    for (const double first : raw_parameters(Tag<TypeParam>{})) {
      for (const double last :
           raw_parameters(Tag<TypeParam>{})) {  // the mean, and the variance if there is one
        Tensor pixel = torch::full({1, channels, 1, 1}, first, test::kFloat64);
        pixel.select(1, channels - 1).fill_(last);
        const test::PixelValues values = test::pixel_values(likelihood, test::support(configs[i]), pixel);
        // Thousands of additions, and the logarithms' rounding: up to 1e2 times 2e-16, exponentiated.
        EXPECT_NEAR(test::probabilities(likelihood, values, pixel).sum().template item<double>(), 1, 1e-9)
            << first << ", " << last << ", example " << i;
      }
    }
  }
}

TYPED_TEST(EveryLikelihood, IsIndependentBetweenPixels) {
  for (const auto& likelihood : example_likelihoods<TypeParam>(1)) {
    const Tensor x = random_pictures(*likelihood, 1, 1, 2, 2);
    const Tensor parameters = random_parameters(*likelihood, {1}, 1, 2, 2);
    double sum = 0;
    for (const int64_t row : {0, 1}) {
      for (const int64_t column : {0, 1}) {
        const auto pixel = [&](const Tensor& all) { return all.narrow(-2, row, 1).narrow(-1, column, 1); };
        sum += likelihood->log_prob(pixel(x), pixel(parameters)).template item<double>();
      }
    }
    EXPECT_NEAR(likelihood->log_prob(x, parameters).template item<double>(), sum,
                1e-12 * std::abs(sum) + 1e-12);
  }
}

TYPED_TEST(EveryLikelihood, SamplesFollowTheDistributionFunction) {
  const auto configs = test::examples(Tag<TypeParam>{});
  const auto likelihoods = example_likelihoods<TypeParam>(1);
  for (size_t i = 0; i < configs.size(); ++i) {
    for (const Tensor& pixel : positive_parameters(*likelihoods[i], {4}, 1, 1, 1).split(1)) {
      EXPECT_LT(test::transform_statistic(*likelihoods[i], test::support(configs[i]), pixel, 5000),
                test::kStrictKolmogorovBound)
          << "example " << i;
    }
  }
}

TYPED_TEST(EveryLikelihood, MeanIsTheSumOverAllValues) {
  const auto configs = test::examples(Tag<TypeParam>{});
  const auto likelihoods = example_likelihoods<TypeParam>(1);
  for (size_t i = 0; i < configs.size(); ++i) {
    const Likelihood& likelihood = *likelihoods[i];
    for (const Tensor& pixel : positive_parameters(likelihood, {8}, 1, 1, 1).split(1)) {
      const test::PixelValues values = test::pixel_values(likelihood, test::support(configs[i]), pixel);
      const Tensor sum = (test::probabilities(likelihood, values, pixel) * values.x).sum();
      // As much as the density may fail to integrate to 1.
      EXPECT_LT(test::distance(likelihood.mean(pixel).flatten()[0], sum), 1e-9) << "example " << i;
    }
  }
}

TYPED_TEST(EveryLikelihood, GradientMatchesFiniteDifferences) {
  for (const auto& likelihood : example_likelihoods<TypeParam>(3)) {
    const Tensor x = random_pictures(*likelihood, 2, 3, 2, 3);
    Tensor parameters = random_parameters(*likelihood, {2}, 3, 2, 3).requires_grad_();
    const auto value = [&] { return likelihood->log_prob(x, parameters).sum(); };
    test::expect_gradient(value, parameters, "the decoder's output", 12);
    for (const auto& own : likelihood->named_parameters()) {
      test::expect_gradient(value, own.value(), own.key());
    }
  }
}

TYPED_TEST(EveryLikelihood, TakesAnyLeadingDimensions) {
  for (const auto& likelihood : example_likelihoods<TypeParam>(3)) {
    const Tensor x = random_pictures(*likelihood, 4, 3, 2, 5);
    const Tensor parameters = random_parameters(*likelihood, {2, 3, 4}, 3, 2, 5);
    const Tensor log_prob = likelihood->log_prob(x, parameters);
    ASSERT_EQ(log_prob.sizes(), (std::vector<int64_t>{2, 3, 4}));
    EXPECT_EQ(likelihood->mean(parameters).sizes(), (std::vector<int64_t>{2, 3, 4, 3, 2, 5}));
    Random random(1, "sample");
    EXPECT_EQ(likelihood->sample(parameters, random).sizes(), (std::vector<int64_t>{2, 3, 4, 3, 2, 5}));
    for (const int64_t k : {0, 1}) {
      for (const int64_t m : {0, 2}) {
        EXPECT_LT(test::distance(log_prob[k][m], likelihood->log_prob(x, parameters[k][m])), 1e-12);
        for (const int64_t n : {0, 3}) {
          const Tensor alone =
              likelihood->log_prob(x.narrow(0, n, 1), parameters[k][m].narrow(0, n, 1)).squeeze(0);
          EXPECT_LT(test::distance(log_prob[k][m][n], alone), 1e-12);
        }
      }
    }
  }
}

TYPED_TEST(EveryLikelihood, SampleHasTheMean) {
  constexpr int64_t kChannels = kExactChannels<TypeParam>;
  for (const auto& likelihood : example_likelihoods<TypeParam>(kChannels)) {
    const Tensor parameters = random_parameters(*likelihood, {}, kChannels, 2, 2);
    Random random(1, "sample");
    const Tensor draws = likelihood->sample(parameters.expand({20'000, -1, -1, -1}), random);
    EXPECT_LT(test::z_score(draws, likelihood->mean(parameters)), test::kStandardErrors);
  }
}

// E[d log p(x) / d parameters] = 0 where x is drawn from p itself: sees a spread that is not the density's
// too.
TYPED_TEST(EveryLikelihood, ScoreOfItsOwnSamplesHasMeanZero) {
  constexpr int64_t kDraws = 40'000;  // so that each of 256 levels is drawn often enough to be near normal
  for (const auto& likelihood : example_likelihoods<TypeParam>(1)) {
    Tensor parameters = positive_parameters(*likelihood, {}, 1, 1, 1)
                            .expand({kDraws, -1, -1, -1})
                            .contiguous()
                            .requires_grad_();
    Random random(1, "sample");
    const Tensor draws = likelihood->sample(parameters.detach(), random);
    likelihood->log_prob(draws, parameters).sum().backward();
    EXPECT_LT(test::z_score(parameters.grad(), 0.0), test::kStandardErrors);
  }
}

TYPED_TEST(EveryLikelihood, SampleIsAFunctionOfTheStream) {
  for (const auto& likelihood : example_likelihoods<TypeParam>(1)) {
    const Tensor parameters = random_parameters(*likelihood, {50}, 1, 3, 3);
    const auto draw = [&](uint64_t seed) {
      Random random(seed, "sample");
      return likelihood->sample(parameters, random);
    };
    const Tensor before = test::default_generator_state();
    EXPECT_TRUE(torch::equal(draw(1), draw(1)));
    EXPECT_FALSE(torch::equal(draw(1), draw(2)));
    EXPECT_TRUE(torch::equal(test::default_generator_state(), before));
  }
}

TYPED_TEST(EveryLikelihood, ParametersForAMeanGiveThatMean) {
  constexpr int64_t kChannels = kExactChannels<TypeParam>;
  for (const auto& likelihood : example_likelihoods<TypeParam>(kChannels)) {
    const Tensor mean =
        torch::linspace(0.02, 0.98, kChannels * 4 * 5, test::kFloat64).view({kChannels, 4, 5});
    const Tensor parameters = likelihood->parameters_for_mean(mean);
    ASSERT_EQ(parameters.sizes(), (std::vector<int64_t>{likelihood->parameter_channels(kChannels), 4, 5}));
    EXPECT_LT(test::distance(likelihood->mean(parameters.unsqueeze(0)).squeeze(0), mean), 1e-6);
  }
}

TYPED_TEST(EveryLikelihood, ParametersForBlackAndWhiteAreFiniteAndNearIt) {
  for (const auto& likelihood : example_likelihoods<TypeParam>(1)) {
    const Tensor mean = torch::tensor({0.0F, 1.0F}).view({1, 1, 2});
    const Tensor parameters = likelihood->parameters_for_mean(mean);
    EXPECT_TRUE(test::is_finite(parameters));
    // A pixel that was black in all the data may be white in the next picture; 1% leaves that possible.
    EXPECT_LT(test::distance(likelihood->mean(parameters.unsqueeze(0)).squeeze(0), mean), 0.0101);
  }
}

TYPED_TEST(EveryLikelihood, IsFiniteInSinglePrecisionAtTheExtremes) {
  for (const auto& likelihood : example_likelihoods<TypeParam>(1)) {
    likelihood->to(torch::kFloat);
    const int64_t channels = likelihood->parameter_channels(1);
    const Tensor x = torch::tensor({0.0F, 1.0F}).view({1, 1, 1, 2});
    const std::vector<double> extremes = {-1e4, -88, 0, 88, 1e4};
    for (const double first : extremes) {
      for (const double last : extremes) {  // of the log-variance the lowest is at the floor
        Tensor parameters = torch::full({1, channels, 1, 2}, first, torch::kFloat);
        parameters.select(1, channels - 1).fill_(last);
        parameters.requires_grad_();
        const Tensor log_prob = likelihood->log_prob(x, parameters);
        log_prob.sum().backward();
        EXPECT_TRUE(test::is_finite(log_prob)) << first << ", " << last;
        EXPECT_TRUE(test::is_finite(parameters.grad())) << first << ", " << last;
        EXPECT_TRUE(test::is_finite(likelihood->mean(parameters)));
        for (const Tensor& own : likelihood->parameters()) EXPECT_TRUE(test::is_finite(own.grad()));
      }
    }
  }
}

TYPED_TEST(EveryLikelihood, IsTheSameInSinglePrecisionButForRounding) {
  for (const auto& likelihood : example_likelihoods<TypeParam>(1)) {
    const Tensor x = random_pictures(*likelihood, 3, 1, 8, 8);
    const Tensor parameters = random_parameters(*likelihood, {3}, 1, 8, 8);
    const Tensor expected = likelihood->log_prob(x, parameters);
    likelihood->to(torch::kFloat);
    const Tensor single = likelihood->log_prob(x.to(torch::kFloat), parameters.to(torch::kFloat));
    EXPECT_EQ(single.scalar_type(), torch::kFloat);
    // 64 terms of a relative error of a few times 6e-8 each.
    EXPECT_LT(test::distance(single, expected) / expected.abs().max().item<double>(), 2e-6);
  }
}

}  // namespace
}  // namespace vae
