#include "objectives/beta_tc.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/noise.h"
#include "objectives/elbo.h"
#include "support/models.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr int64_t kPopulation = 6;
constexpr int64_t kLatent = 3;

/// log q(z_ij | x_l) of draw i, picture l, dimension j, of a whole population.
Tensor densities() {
  Random random(1, "densities");
  return normal(random, {kPopulation, kPopulation, kLatent}, test::kFloat64);
}

AggregateDensities exact() {
  const double log_count = std::log(static_cast<double>(kPopulation));
  return {torch::logsumexp(densities().sum(-1), 1) - log_count, torch::logsumexp(densities(), 1) - log_count};
}

TEST(AggregateDensities, StratifiedAreExactForABatchOfAllPictures) {
  const auto found = aggregate_densities(densities(), kPopulation, AggregateSampling::stratified);
  EXPECT_LT(test::distance(found.joint, exact().joint), 1e-13);
  EXPECT_LT(test::distance(found.marginals, exact().marginals), 1e-13);
}

TEST(AggregateDensities, WeightedAreOffByLogNForABatchOfAllPictures) {
  const auto found = aggregate_densities(densities(), kPopulation, AggregateSampling::weighted);
  const double log_count = std::log(static_cast<double>(kPopulation));
  EXPECT_LT(test::distance(found.joint, exact().joint - log_count), 1e-13);
  EXPECT_LT(test::distance(found.marginals, exact().marginals - log_count), 1e-13);
}

// The mean over every batch of three that holds picture 0 is the density itself.
TEST(AggregateDensities, StratifiedAreUnbiasedOverBatches) {
  Tensor sum = torch::zeros({}, test::kFloat64);
  int batches = 0;
  for (int64_t a = 1; a < kPopulation; ++a) {
    for (int64_t b = a + 1; b < kPopulation; ++b, ++batches) {
      const Tensor rows = torch::tensor({int64_t{0}, a, b});
      const Tensor batch = densities().index_select(0, rows).index_select(1, rows);
      sum += aggregate_densities(batch, kPopulation, AggregateSampling::stratified).joint[0].exp();
    }
  }
  EXPECT_NEAR((sum / batches).item<double>(), exact().joint[0].exp().item<double>(), 1e-13);
}

// log q(z | x) - log p(z) is what the three parts add up to, whatever the estimates of q(z) are.
TEST(BetaTc, WithAllWeightsOneIsTheElbo) {
  const auto model = test::tiny_model();
  const Batch batch = {.x = test::binary_pictures(5), .population = 40};
  const auto posterior = model->encode(batch.x);
  const auto value = [&](Objective& objective) {
    Random random(1, "eps");
    return objective.evaluate(*model, *posterior, batch, random, {}).objective.item<double>();
  };
  Elbo elbo({.kl = KlEstimate::sampled}, model->picture());
  for (const auto sampling : {AggregateSampling::stratified, AggregateSampling::weighted}) {
    BetaTc parts({.alpha = 1, .beta = 1, .gamma = 1, .sampling = sampling});
    EXPECT_NEAR(value(parts), value(elbo), 1e-12);
  }
}

}  // namespace
}  // namespace vae
