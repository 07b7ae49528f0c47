#include "evaluation/encoding.h"

#include <gtest/gtest.h>

#include "core/noise.h"
#include "objectives/amortized.h"
#include "support/conditional_models.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr uint64_t kSeed = 3;
const std::vector<int64_t> kLabels = {0, 1, 1, 0, 1, 1, 1};

TEST(Encoding, IsThePosteriorOfEachPictureInItsOrder) {
  const Pictures pictures = test::halved_pictures(kLabels);
  const auto model = test::linear_conditional_model(pictures.dataset().shape(), 2);
  const Batch all = EvaluationBatches(pictures, 100, kSeed).get(0);
  const auto posterior = model->encode(all.x, all.labels);
  for (const int64_t batch_size : {2, 100}) {
    const Encoding encoding =
        encode(*model, Amortized(), EvaluationBatches(pictures, batch_size, kSeed), kSeed);
    EXPECT_LT(test::distance(encoding.mean, posterior->mean().detach()), 1e-14);
    EXPECT_LT(test::distance(encoding.deviation, posterior->deviation()->detach()), 1e-14);
    EXPECT_FALSE(encoding.deviation_is_estimated);
    EXPECT_FALSE(encoding.mean.requires_grad());
  }
}

std::shared_ptr<Vae> model_with(const PosteriorConfig& posterior, const PictureShape& picture) {
  ModelConfig config = test::tiny_config(MlpConfig{.hidden = {}}, BernoulliConfig{});
  config.posterior = posterior;
  return test::tiny_model(config, picture);
}

// A flow of one step that hardly moves anything: its deviations are those of its base, which is estimated
// from 100 draws with an error of 7%, five times of which is the tolerance.
TEST(Encoding, EstimatesTheDeviationsOfAFlow) {
  const Pictures pictures = test::halved_pictures(kLabels);
  const auto model = model_with(PlanarConfig{.flows = 1}, pictures.dataset().shape());
  test::fill_parameters(*model, 0);
  const Encoding encoding = encode(*model, Amortized(), EvaluationBatches(pictures, 3, kSeed), kSeed);
  EXPECT_TRUE(encoding.deviation_is_estimated);
  EXPECT_LT(test::distance(encoding.deviation, torch::ones({7, 3}, test::kFloat64)), 0.35);
  EXPECT_GT(encoding.deviation.std().item<double>(), 0);
}

TEST(Encoding, DoesNotDependOnTheSizeOfBatches) {
  const Pictures pictures = test::halved_pictures(kLabels);
  const auto model = model_with(PlanarConfig{.flows = 2}, pictures.dataset().shape());
  const Encoding a = encode(*model, Amortized(), EvaluationBatches(pictures, 3, kSeed), kSeed);
  const Encoding b = encode(*model, Amortized(), EvaluationBatches(pictures, 7, kSeed), kSeed);
  EXPECT_LT(test::distance(a.deviation, b.deviation), 1e-13);
}

// Draws of the mixture itself; the standard error of a variance of 70,000 draws is below 1%.
TEST(AggregatePosterior, HasTheMomentsOfTheMixture) {
  Random random(1, "mixture");
  const Tensor means = normal(random, {7, 3}, test::kFloat64);
  const Tensor deviations = uniform(random, {7, 3}, test::kFloat64) + 0.1;
  const AggregatePosterior aggregated = aggregate({.mean = means, .deviation = deviations});
  const Tensor z = (means + deviations * normal(random, {10'000, 7, 3}, test::kFloat64)).flatten(0, 1);
  EXPECT_LT(test::distance(aggregated.mean, means.mean(0)), 1e-15);
  EXPECT_LT((aggregated.deviation / z.std(0) - 1).abs().max().item<double>(), 0.02);
  EXPECT_LT(test::distance(aggregated.variance_of_means, means.var(0, /*unbiased=*/false)), 1e-15);
}

}  // namespace
}  // namespace vae
