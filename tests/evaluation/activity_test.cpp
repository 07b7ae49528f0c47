#include "evaluation/latent_sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/models.h"

namespace vae {
namespace {

using ::testing::ElementsAre;

TEST(Activity, IsTheKlWhereItIsKnown) {
  const std::vector<LatentDimension> latents = {{.variance_of_means = 3, .kl = 0.5},
                                                {.variance_of_means = 1, .kl = 2.0},
                                                {.variance_of_means = 2, .kl = 1.0}};
  EXPECT_THAT(by_activity(latents), ElementsAre(1, 2, 0));
}

TEST(Activity, IsElseTheVarianceOfTheMeans) {
  const std::vector<LatentDimension> latents = {
      {.variance_of_means = 1}, {.variance_of_means = 3}, {.variance_of_means = 2}};
  EXPECT_THAT(by_activity(latents), ElementsAre(1, 2, 0));
}

TEST(SweepValues, SpanTheRangeEvenly) {
  EXPECT_THAT(sweep_values({.mean = 1, .deviation = 2}, 5, 2.5), ElementsAre(-4, -1.5, 1, 3.5, 6));
  EXPECT_THAT(sweep_values({.mean = 1, .deviation = 2}, 1, 2.5), ElementsAre(1));
}

TEST(Sweep, ChangesOneLatentAndNoOther) {
  const auto model = test::tiny_model();
  const Tensor z = torch::tensor({{0.3, -0.7, 1.1}}, torch::kDouble);
  const std::vector<double> values = {-2, 0, 0.5};
  const Tensor swept = sweep(*model, z, {}, 1, values);
  ASSERT_EQ(swept.size(0), 3);
  for (int64_t i = 0; i < 3; ++i) {
    const Tensor at = torch::tensor({{0.3, values[static_cast<size_t>(i)], 1.1}}, torch::kDouble);
    const Tensor expected = model->likelihood().mean(model->decode(at));
    EXPECT_LT((swept[i] - expected[0]).abs().max().item<double>(), 1e-12);  // batches round differently
  }
  EXPECT_EQ(z[0][1].item<double>(), -0.7);
}

}  // namespace
}  // namespace vae
