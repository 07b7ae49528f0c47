#include "evaluation/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace vae
