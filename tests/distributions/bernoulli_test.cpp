#include "distributions/bernoulli.h"

#include <gtest/gtest.h>

#include "support/statistics.h"
#include "support/tensors.h"

namespace vae {
namespace {

Tensor row(const std::vector<double>& pixels) {
  return test::values(pixels).view({1, 1, 1, static_cast<int64_t>(pixels.size())});
}

TEST(BernoulliLikelihood, LogProbAgreesWithScipy) {
  const Bernoulli likelihood;
  // scipy.stats.bernoulli.logpmf(x, scipy.special.expit(logits)).sum()
  EXPECT_NEAR(likelihood.log_prob(row({1, 0, 1, 0}), row({-3, -0.5, 0, 2.5})).item<double>(),
              -6.7947012506063444, 1e-9);
  // (x * log_expit(logits) + (1 - x) * log_expit(-logits)).sum() of scipy.special, for grey pixels
  EXPECT_NEAR(likelihood.log_prob(row({0.3, 0.9}), row({1.5, -2})).item<double>(), -3.1783412890257248, 1e-9);
}

TEST(BernoulliLikelihood, IsExactWhereTheSigmoidIsSaturated) {
  const Bernoulli likelihood;
  for (const auto type : {torch::kFloat, torch::kDouble}) {
    const auto log_prob = [&](double x, double logit) {
      return likelihood.log_prob(row({x}).to(type), row({logit}).to(type)).item<double>();
    };
    EXPECT_DOUBLE_EQ(log_prob(1, -1e4), -1e4);
    EXPECT_DOUBLE_EQ(log_prob(0, 1e4), -1e4);
    EXPECT_EQ(log_prob(1, 1e4), 0);
    EXPECT_EQ(log_prob(0, -1e4), 0);
  }
}

TEST(BernoulliLikelihood, MeanIsTheSigmoid) {
  // scipy.special.expit([-3, 0, 2.5])
  EXPECT_LT(test::distance(Bernoulli().mean(row({-3, 0, 2.5})),
                           row({0.04742587317756678, 0.5, 0.9241418199787566})),
            1e-15);
}

TEST(BernoulliLikelihood, SamplesAreBlackOrWhite) {
  Random random(1, "sample");
  const Tensor draws = Bernoulli().sample(row({-1e4, -1, 2, 1e4}).expand({1000, 1, 1, 4}), random);
  EXPECT_TRUE(((draws == 0) | (draws == 1)).all().item<bool>());
  EXPECT_EQ(draws.select(-1, 0).max().item<double>(), 0);
  EXPECT_EQ(draws.select(-1, 3).min().item<double>(), 1);
}

TEST(BernoulliLikelihood, IsAProbabilityOfBinaryPictures) {
  EXPECT_EQ(Bernoulli().base_measure(), BaseMeasure::binary);
  EXPECT_EQ(Bernoulli().parameter_channels(3), 3);
  EXPECT_TRUE(Bernoulli().parameters().empty());
}

}  // namespace
}  // namespace vae
