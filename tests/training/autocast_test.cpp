#include "training/autocast.h"

#include <ATen/autocast_mode.h>
#include <gtest/gtest.h>

#include <cmath>

#include "objectives/objectives.h"
#include "support/examples.h"
#include "support/models.h"

namespace vae {
namespace {

torch::ScalarType type_of_a_product() {
  const torch::Tensor a = torch::ones({2, 2});
  return torch::mm(a, a).scalar_type();
}

TEST(Autocast, MakesProductsBfloat16AsLongAsItLives) {
  {
    const Autocast autocast(torch::kCPU, true);
    EXPECT_EQ(type_of_a_product(), torch::kBFloat16);
  }
  EXPECT_EQ(type_of_a_product(), torch::kFloat);
}

TEST(Autocast, ChangesNothingWhereDisabled) {
  const Autocast autocast(torch::kCPU, false);
  EXPECT_EQ(type_of_a_product(), torch::kFloat);
}

TEST(Autocast, RestoresWhatWasBeforeIt) {
  const Autocast outer(torch::kCPU, true);
  {
    const Autocast inner(torch::kCPU, false);
    EXPECT_EQ(type_of_a_product(), torch::kFloat);
  }
  EXPECT_EQ(type_of_a_product(), torch::kBFloat16);
}

// LibTorch caches what it casts of a parameter; the optimizer then changes the parameter.
TEST(Autocast, SeesWeightsThatChangedBetweenTwoScopes) {
  const torch::Tensor weight = torch::ones({2, 2}).requires_grad_();
  const auto product = [&] {
    const Autocast autocast(torch::kCPU, true);
    return torch::mm(torch::ones({2, 2}), weight)[0][0].item<double>();
  };
  EXPECT_EQ(product(), 2);
  weight.data().fill_(3);
  EXPECT_EQ(product(), 6);
}

double elbo(const Vae& model, bool reduced) {
  Random random(1, "eps");
  const Autocast autocast(torch::kCPU, reduced);
  const Batch batch{.x = test::binary_pictures(8).to(torch::kFloat), .labels = {}};
  const Tensor value = Elbo({}, model.picture())
                           .evaluate(model, *model.encode(batch.x, batch.labels), batch, random, {})
                           .objective;
  EXPECT_EQ(value.scalar_type(), torch::kFloat);
  return value.item<double>();
}

// bfloat16 has 8 bits, and the densities are computed in full from what the networks give in it.
TEST(Autocast, LeavesTheDensitiesOfEveryPosteriorAndPriorInFull) {
  for_each_alternative<PosteriorConfig>([]<class Posterior>(Tag<Posterior> posteriors) {
    for_each_alternative<PriorConfig>([&]<class Prior>(Tag<Prior> priors) {
      ModelConfig config = test::tiny_config();
      config.latent = 4;
      config.posterior = test::examples(posteriors).front();
      config.prior = test::examples(priors).front();
      if (check(config)) return;
      const Vae model(config, test::kTinyPicture, 1);
      const double full = elbo(model, false), reduced = elbo(model, true);
      EXPECT_NEAR(reduced, full, 0x1p-7 * std::abs(full)) << Posterior::kType << " and " << Prior::kType;
    });
  });
}

}  // namespace
}  // namespace vae
