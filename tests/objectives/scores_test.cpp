#include "objectives/scores.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "support/examples.h"
#include "support/models.h"
#include "support/statistics.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr int64_t kPictures = 5;

Batch batch() { return {.x = test::binary_pictures(kPictures), .labels = {}, .indices = {}}; }

Scores score_encoded(const Vae& model, int64_t samples, uint64_t seed) {
  return score(model, *model.encode(batch().x), batch(), samples, seed);
}

TEST(Score, HasTheShapesItPromises) {
  const Scores scores = score_encoded(*test::tiny_model(), 3, 1);
  for (const Tensor& values : {scores.reconstruction, scores.kl, scores.elbo(), scores.log_mean_weight,
                               scores.log_mean_square, scores.sampling_variance()}) {
    EXPECT_EQ(values.sizes(), (std::vector<int64_t>{kPictures}));
  }
  EXPECT_EQ(scores.kl_per_dimension.sizes(), (std::vector<int64_t>{kPictures, 3}));
}

// Each draw by itself, put together by the formulas.
TEST(Score, IsWhatItsDrawsGive) {
  const auto model = test::tiny_model();
  constexpr int64_t kSamples = 4;
  const torch::NoGradGuard no_grad;
  const auto posterior = model->encode(batch().x);
  std::vector<Tensor> likelihoods, log_weights;
  for (uint64_t k = 0; k < kSamples; ++k) {
    Random random(1, "latent for evaluation", k);
    const Tensor z = posterior->rsample(1, 1, random);
    likelihoods.push_back(model->likelihood().log_prob(batch().x, model->decode(z))[0][0]);
    log_weights.push_back(likelihoods.back() + (model->prior().log_prob(z) - posterior->log_prob(z))[0][0]);
  }
  const Tensor weights = torch::stack(log_weights).exp();
  const Scores scores = score_encoded(*model, kSamples, 1);
  EXPECT_LT(test::distance(scores.reconstruction, torch::stack(likelihoods).mean(0)), 1e-12);
  EXPECT_LT(test::distance(scores.log_mean_weight, weights.mean(0).log()), 1e-12);
  EXPECT_LT(test::distance(scores.log_mean_square, weights.square().mean(0).log()), 1e-12);
  EXPECT_LT(test::distance(scores.kl, posterior->kl_per_dimension(model->prior())->sum(-1)), 1e-12);
}

TEST(LogMeanWeights, AreThoseOfAScoreForEachK) {
  const auto model = test::tiny_model();
  const std::vector<int64_t> samples = {1, 2, 7};
  const Tensor means = log_mean_weights(*model, *model->encode(batch().x), batch(), samples, 1);
  ASSERT_EQ(means.sizes(), (std::vector<int64_t>{3, kPictures}));
  for (size_t i = 0; i < samples.size(); ++i) {
    EXPECT_EQ(
        test::distance(means[static_cast<int64_t>(i)], score_encoded(*model, samples[i], 1).log_mean_weight),
        0)
        << samples[i];
  }
}

// The delta method's variance against the spread over seeds. It holds where the weights do not differ by
// orders of magnitude, as they don't in a model whose z says little; the spread of 200 seeds in 5 pictures is
// known to 5%.
TEST(Score, KnowsTheSpreadOfItsOwnEstimate) {
  const auto model = test::tiny_model();
  {
    const torch::NoGradGuard no_grad;
    for (Tensor& parameter : model->parameters()) parameter *= 0.5;
  }
  std::vector<Tensor> estimates, variances;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const Scores scores = score_encoded(*model, 100, seed);
    estimates.push_back(scores.log_mean_weight);
    variances.push_back(scores.sampling_variance());
  }
  const double spread = torch::stack(estimates).var(0).mean().item<double>();
  EXPECT_NEAR(torch::stack(variances).mean().item<double>() / spread, 1, 0.25);
}

// E log 1/K sum_k w_k does not fall with K (Burda et al. 2016, theorem 1), for any q. The K are nested: the
// larger one shares the draws of the smaller, so that differences are paired, by seed.
TEST(Score, NoLargerNumberOfSamplesIsWorse) {
  constexpr std::array<int64_t, 6> kSamples = {1, 2, 4, 8, 16, 32};
  int families = 0;
  for_each_alternative<PosteriorConfig>([&]<class Row>(Tag<Row> row) {
    ModelConfig config = test::tiny_config();
    config.latent = 4;
    config.posterior = test::examples(row).back();
    if (check(config)) return;  // categories have another prior
    const auto model = test::tiny_model(config);
    const auto posterior = model->encode(batch().x);
    std::vector<Tensor> estimates;
    for (uint64_t seed = 0; seed < 100; ++seed) {
      estimates.push_back(log_mean_weights(*model, *posterior, batch(), kSamples, seed).mean(1));
    }
    const Tensor all = torch::stack(estimates);  // [seeds, K]
    const Tensor gains = all.diff(1, 1);
    const Tensor errors = gains.std(0) / std::sqrt(100.0);
    EXPECT_GE((gains.mean(0) / errors).min().item<double>(), -4) << Row::kType << gains.mean(0);
    EXPECT_GT(gains.mean(0)[0].item<double>(), 4 * errors[0].item<double>()) << "from 1 to 2 it gains";
    ++families;
  });
  EXPECT_GE(families, 4);
}

}  // namespace
}  // namespace vae
