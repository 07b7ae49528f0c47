#include "distributions/diagonal_gaussian.h"

#include <gtest/gtest.h>

#include "core/noise.h"
#include "distributions/standard_normal.h"
#include "support/statistics.h"
#include "support/tensors.h"

namespace vae {
namespace {

Tensor mean() { return test::values({0, 1.5, -2}).unsqueeze(0); }
Tensor log_variance() { return test::values({0, -1, 2.5}).unsqueeze(0); }

TEST(DiagonalGaussian, LogProbAgreesWithScipy) {
  // scipy.stats.norm.logpdf([0.5, -1, 3], mean, numpy.exp(log_variance / 2)).sum()
  EXPECT_NEAR(DiagonalGaussian(mean(), log_variance())
                  .log_prob(test::values({0.5, -1, 3}).unsqueeze(0))
                  .item<double>(),
              -13.152508796347268, 1e-9);
}

TEST(DiagonalGaussian, KlToTheStandardNormalIsTheFormula) {
  // 0.5 * (mean**2 + exp(log_variance) - log_variance - 1) in NumPy
  const auto kl = DiagonalGaussian(mean(), log_variance()).kl_per_dimension(StandardNormal(3));
  ASSERT_TRUE(kl.has_value());
  EXPECT_LT(test::distance(*kl, test::values({0, 1.3089397205857212, 6.3412469803517375}).unsqueeze(0)),
            1e-9);
}

TEST(DiagonalGaussian, IsReparameterisedAsMeanPlusSigmaTimesNoise) {
  Random random(1, "eps"), copy(1, "eps");
  const Tensor eps = normal(copy, {2, 5, 1, 3}, test::kFloat64);
  const Tensor expected = mean() + torch::exp(0.5 * log_variance()) * eps;
  EXPECT_LT(test::distance(DiagonalGaussian(mean(), log_variance()).rsample(2, 5, random), expected), 1e-14);
}

TEST(DiagonalGaussian, SamplesHaveTheVariance) {
  Random random(1, "eps");
  const Tensor z = DiagonalGaussian(mean(), log_variance()).rsample(1, 50'000, random)[0];
  EXPECT_LT(test::z_score((z - mean()).square(), log_variance().exp()), test::kStandardErrors);
}

TEST(DiagonalGaussian, TheEncoderGivesMeanAndThenLogVariance) {
  const auto family = make_posterior(DiagonalGaussianConfig{}, 3);
  ASSERT_EQ(family->parameters_per_picture(), 6);
  const auto posterior = family->at(torch::cat({mean(), log_variance()}, 1));
  EXPECT_TRUE(torch::equal(posterior->mean(), mean()));
  const Tensor z = torch::zeros({1, 3}, test::kFloat64);
  EXPECT_EQ(posterior->log_prob(z).item<double>(),
            DiagonalGaussian(mean(), log_variance()).log_prob(z).item<double>());
}

class UnknownPrior : public Prior {
 public:
  Tensor log_prob(const Tensor& z, const Tensor&) const override { return -z.abs().sum(-1); }
  Tensor sample(int64_t count, const Tensor&, Random& random,
                const torch::TensorOptions& options) const override {
    return normal(random, {count, 3}, options);
  }
};

TEST(DiagonalGaussian, KnowsNoClosedFormForAPriorItDoesNotKnow) {
  EXPECT_FALSE(DiagonalGaussian(mean(), log_variance()).kl_per_dimension(UnknownPrior()).has_value());
}

}  // namespace
}  // namespace vae
