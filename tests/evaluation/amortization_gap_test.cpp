#include "evaluation/amortization_gap.h"

#include <gtest/gtest.h>

#include "model/linear_gaussian.h"
#include "support/linear_gaussian_models.h"
#include "support/models.h"
#include "support/numbered_pictures.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr uint64_t kSeed = 4;
constexpr int64_t kSamples = 2000;  // the mean of log p(x | z) over them is known to some 0.003 nats

Pictures pictures(int64_t count, const PictureShape& shape) {
  return Pictures(test::numbered_pictures(count, shape), PlainObservation{}, {.type = torch::kDouble});
}

// A linear Gaussian model with a full covariance: the family holds the exact posterior, and log p(x) is
// known.
TEST(AmortizationGap, OfAFittedPosteriorIsWhatTheEncoderLacksToTheLikelihood) {
  ModelConfig config = test::linear_gaussian_config(test::learned_variance());
  const auto exact_model = test::linear_gaussian_model(config);
  config.encoder = MlpConfig{.hidden = {}};
  const auto model = test::linear_gaussian_model(config);
  const torch::NoGradGuard no_grad;
  for (const auto& parameter : exact_model->named_parameters()) {
    model->named_parameters()[parameter.key()].copy_(parameter.value());
  }
  const Pictures data = pictures(9, test::kSixPixels);
  const EvaluationBatches batches(data, 4, kSeed);
  const AmortizationGap gap =
      amortization_gap(*model, batches, 9, kSamples, {.steps = 1500, .learning_rate = 0.05}, kSeed);
  const Tensor x = EvaluationBatches(data, 9, kSeed).get(0).x;
  const auto exact = model->posterior().at(LinearGaussian(*model, config).posterior_parameters(x));
  Random random(1, "z");
  const auto [z, log_q] = exact->sample(1, 1, random);
  const double log_likelihood =
      (model->likelihood().log_prob(x, model->decode(z)) + model->prior().log_prob(z) - log_q)
          .mean()
          .item<double>();
  // What Adam's last steps leave.
  EXPECT_NEAR(gap.fitted.elbo.value, log_likelihood, 0.02);
  EXPECT_NEAR(gap.refined->elbo.value, log_likelihood, 0.02);
  EXPECT_NEAR(gap.fitted.log_likelihood.value, log_likelihood, 0.01);
  EXPECT_LT(gap.encoder->elbo.value, log_likelihood - 0.1) << "an encoder that has learned nothing";
  EXPECT_NEAR(gap.gap->value, gap.refined->elbo.value - gap.encoder->elbo.value, 1e-9);
  EXPECT_EQ(gap.pictures, 9);
}

TEST(AmortizationGap, LooksAtTheFirstPicturesHoweverTheyAreBatched) {
  const auto model = test::tiny_model();
  const Pictures data = pictures(9, test::kTinyPicture);
  const auto measure = [&](int64_t batch_size) {
    return amortization_gap(*model, EvaluationBatches(data, batch_size, kSeed), 5, 3, {.steps = 10}, kSeed);
  };
  const AmortizationGap small = measure(2), large = measure(9);
  EXPECT_EQ(small.pictures, 5);
  EXPECT_NEAR(small.fitted.elbo.value, large.fitted.elbo.value, 1e-10);
  EXPECT_NEAR(small.refined->elbo.value, large.refined->elbo.value, 1e-10);
  EXPECT_NEAR(small.encoder->elbo.value, large.encoder->elbo.value, 1e-10);
}

TEST(AmortizationGap, OfAModelWithoutAnEncoderHasTheFitAlone) {
  const auto model = test::linear_gaussian_model(test::linear_gaussian_config(test::learned_variance()));
  const Pictures data = pictures(3, test::kSixPixels);
  const AmortizationGap gap =
      amortization_gap(*model, EvaluationBatches(data, 3, kSeed), 3, 2, {.steps = 2}, kSeed);
  EXPECT_FALSE(gap.encoder || gap.refined || gap.gap);
  EXPECT_LT(gap.fitted.elbo.value, 0);
}

}  // namespace
}  // namespace vae
