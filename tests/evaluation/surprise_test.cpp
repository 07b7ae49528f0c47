#include "evaluation/surprise.h"

#include <gtest/gtest.h>

#include "core/noise.h"
#include "distributions/likelihoods.h"
#include "support/examples.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr int64_t kHeight = 2, kWidth = 3;

template <class Row>
class EverySurprise : public testing::Test {};
TYPED_TEST_SUITE(EverySurprise, LikelihoodConfig::As<testing::Types>, test::RowName);

template <class Row, class Visitor>
void for_each_example(Visitor&& visitor) {
  for (const Row& example : test::examples(Tag<Row>{})) {
    for (const int64_t channels : {1, 3}) {
      const auto likelihood = make_likelihood(LikelihoodConfig(example), channels);
      likelihood->to(torch::kDouble);
      likelihood->eval();
      Random random(1, "surprise");
      const Tensor x = bernoulli(random, torch::full({4, channels, kHeight, kWidth}, 0.4, test::kFloat64));
      const Tensor parameters =
          normal(random, {4, likelihood->parameter_channels(channels), kHeight, kWidth}, test::kFloat64);
      visitor(*likelihood, x, parameters);
    }
  }
}

TYPED_TEST(EverySurprise, SumsToTheNegativeLogLikelihood) {
  for_each_example<TypeParam>([](const Likelihood& likelihood, const Tensor& x, const Tensor& parameters) {
    const torch::NoGradGuard no_grad;
    const Tensor map = surprise(likelihood, x, parameters);
    EXPECT_EQ(map.sizes(), (std::vector<int64_t>{4, kHeight, kWidth}));
    EXPECT_LT(test::distance(-map.sum({1, 2}), likelihood.log_prob(x, parameters)), 1e-9);
  });
}

TYPED_TEST(EverySurprise, OfAPixelDependsOnThatPixelAlone) {
  for_each_example<TypeParam>([](const Likelihood& likelihood, const Tensor& x, const Tensor& parameters) {
    const torch::NoGradGuard no_grad;
    Tensor other = x.clone();
    other.select(2, 1).select(2, 0) = 1 - other.select(2, 1).select(2, 0);
    const Tensor change = surprise(likelihood, other, parameters) - surprise(likelihood, x, parameters);
    EXPECT_GT(change.abs().sum().template item<double>(), 0);
    change.select(1, 1).select(1, 0).zero_();
    EXPECT_EQ(change.abs().max().template item<double>(), 0);
  });
}

}  // namespace
}  // namespace vae
