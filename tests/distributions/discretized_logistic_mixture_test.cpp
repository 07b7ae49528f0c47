#include "distributions/discretized_logistic_mixture.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/noise.h"
#include "support/statistics.h"
#include "support/tensors.h"
#include "support/throws.h"

namespace vae {
namespace {

constexpr int64_t kComponents = 3;

DiscretizedLogisticMixture mixture(int64_t channels) {
  return DiscretizedLogisticMixture({.components = kComponents}, channels);
}

Tensor parameters(int64_t channels) {
  Random random(1, "parameters");
  return normal(random, {1, mixture(channels).parameter_channels(channels), 1, 1}, test::kFloat64);
}

/// log P of each of the pixels [n, 3].
Tensor log_prob(const Tensor& pixels) {
  const int64_t n = pixels.size(0);
  return mixture(3).log_prob(pixels.view({n, 3, 1, 1}), parameters(3).expand({n, -1, 1, 1}));
}

TEST(DiscretizedLogisticMixture, NeedsTenChannelsAComponentForColourAndThreeForGrey) {
  EXPECT_EQ(mixture(3).parameter_channels(3), 10 * kComponents);
  EXPECT_EQ(mixture(1).parameter_channels(1), 3 * kComponents);
}

TEST(DiscretizedLogisticMixture, RefusesOtherNumbersOfChannels) {
  EXPECT_TRUE(test::throws<UsageError>([] { mixture(2); }, {"model.likelihood.type", "data.train has 2"}));
  EXPECT_TRUE(test::throws<UsageError>([] { mixture(3).parameter_channels(4); }, {"model.likelihood.type"}));
}

// Summed over all greens and blues, what is left of P(r, g, b) is the mixture of the first channel alone.
TEST(DiscretizedLogisticMixture, IsNormalisedOverGreenAndBlue) {
  const Tensor levels = torch::linspace(0, 1, 256, test::kFloat64);
  const auto others = torch::meshgrid({levels, levels}, "ij");
  const std::vector<Tensor> sets = parameters(3).split(kComponents, 1);
  const Tensor first_channel = torch::cat({sets[0], sets[1], sets[4]}, 1);
  for (const double red : {0.0, 100 / 255.0, 1.0}) {
    const Tensor pixels =
        torch::stack({torch::full_like(others[0], red), others[0], others[1]}, -1).view({-1, 3});
    const double marginal = log_prob(pixels).exp().sum().item<double>();
    const Tensor x = torch::full({1, 1, 1, 1}, red, test::kFloat64);
    EXPECT_NEAR(marginal, mixture(1).log_prob(x, first_channel).exp().item<double>(), 1e-12) << red;
  }
}

TEST(DiscretizedLogisticMixture, ColoursDependOnThoseBeforeThem) {
  const auto of = [](double r, double g, double b) {
    return log_prob(test::values({r, g, b}).view({1, 3})).item<double>();
  };
  // Mixed second differences of log P vanish where channels are independent.
  EXPECT_GT(std::abs(of(0, 0, 0.2) - of(1, 0, 0.2) - of(0, 1, 0.2) + of(1, 1, 0.2)), 1e-3);
  EXPECT_GT(std::abs(of(0, 0.2, 0) - of(1, 0.2, 0) - of(0, 0.2, 1) + of(1, 0.2, 1)), 1e-3);
  EXPECT_GT(std::abs(of(0.2, 0, 0) - of(0.2, 1, 0) - of(0.2, 0, 1) + of(0.2, 1, 1)), 1e-3);
}

TEST(DiscretizedLogisticMixture, ColoursOfSamplesDependOnEachOtherAsTheProbabilitySays) {
  constexpr int64_t kDraws = 40'000;
  Tensor repeated = parameters(3).expand({kDraws, -1, 1, 1}).contiguous().requires_grad_();
  Random random(1, "sample");
  const Tensor draws = mixture(3).sample(repeated.detach(), random);
  mixture(3).log_prob(draws, repeated).sum().backward();
  EXPECT_LT(test::z_score(repeated.grad(), 0.0), test::kStandardErrors);
}

TEST(DiscretizedLogisticMixture, MeanOfColoursIsThatOfDraws) {
  constexpr int64_t kDraws = 20'000;
  const Tensor all = parameters(3).expand({kDraws, -1, 1, 1});
  Random random(1, "sample");
  const Tensor draws = mixture(3).sample(all, random);
  const Tensor mean = mixture(3).mean(parameters(3))[0];
  // The mean is of fewer draws than its test, and has their noise.
  const double noise = std::sqrt(1 + static_cast<double>(kDraws) / DiscretizedLogisticMixture::kMeanDraws);
  EXPECT_LT(test::z_score(draws, mean), test::kStandardErrors * noise);
}

TEST(DiscretizedLogisticMixture, MeanIsAlwaysTheSame) {
  EXPECT_TRUE(torch::equal(mixture(3).mean(parameters(3)), mixture(3).mean(parameters(3))));
}

TEST(DiscretizedLogisticMixture, StartsAtTheMeanOfColours) {
  const Tensor mean = test::values({0.1, 0.5, 0.8}).view({3, 1, 1});
  const Tensor start = mixture(3).parameters_for_mean(mean);
  ASSERT_EQ(start.size(0), 10 * kComponents);
  // 256 draws with a standard deviation below 0.3.
  EXPECT_LT(test::distance(mixture(3).mean(start.unsqueeze(0))[0], mean), test::kStandardErrors * 0.3 / 16);
}

}  // namespace
}  // namespace vae
