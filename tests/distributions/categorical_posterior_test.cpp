#include "distributions/categorical_posterior.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/noise.h"
#include "distributions/uniform_categorical.h"
#include "support/latents.h"
#include "support/statistics.h"
#include "support/tensors.h"
#include "support/throws.h"

namespace vae {
namespace {

constexpr LatentSpace kLatents{.dimensions = 6, .categories = 3};
constexpr int64_t kPictures = 2;

Tensor logits() {
  Random random(1, "logits");
  return normal(random, {kPictures, kLatents.variables(), kLatents.categories}, test::kFloat64);
}

CategoricalPosterior posterior(Relaxation relaxation = Relaxation::gumbel_softmax, double temperature = 0.5) {
  return {logits(), relaxation, temperature};
}

Tensor relaxed(const Posterior& q, int64_t draws) {
  Random random(1, "u");
  return q.rsample(1, draws, random)[0];
}

Tensor hard(const Posterior& q, int64_t draws) {
  Random random(1, "u");
  return q.sample(1, draws, random).z[0];
}

// Every z for every picture: [states, N, latent].
Tensor states_of_pictures() { return test::every_state(kLatents).unsqueeze(1).expand({-1, kPictures, -1}); }

TEST(CategoricalPosterior, HasTheProbabilityOfEachState) {
  const CategoricalPosterior q = posterior();
  const Tensor pi = torch::softmax(logits(), -1);
  const Tensor z = states_of_pictures().view({-1, kPictures, kLatents.variables(), kLatents.categories});
  const Tensor expected = (z * pi).sum(-1).prod(-1);
  EXPECT_LT(test::distance(q.log_prob(states_of_pictures()).exp(), expected), 1e-14);
  EXPECT_LT(test::distance(q.mean(), pi.flatten(1)), 1e-15);
}

TEST(CategoricalPosterior, KlIsTheSumOverEveryState) {
  const UniformCategorical prior(kLatents);
  const CategoricalPosterior q = posterior();
  const Tensor log_q = q.log_prob(states_of_pictures());
  const Tensor log_p = prior.log_prob(states_of_pictures(), {});
  const Tensor expected = (log_q.exp() * (log_q - log_p)).sum(0);
  const Tensor kl = *q.kl_per_dimension(prior);
  ASSERT_EQ(kl.sizes(), (std::vector<int64_t>{kPictures, kLatents.variables()}));
  EXPECT_LT(test::distance(kl.sum(-1), expected), 1e-14);
}

TEST(CategoricalPosterior, KlIsFiniteWhereACategoryIsAllButCertain) {
  const CategoricalPosterior q(torch::tensor({1e4, 0.0, -1e4}, test::kFloat64).view({1, 1, 3}),
                               Relaxation::gumbel_softmax, 1);
  const auto kl = q.kl_per_dimension(UniformCategorical({.dimensions = 3, .categories = 3}));
  EXPECT_NEAR(kl->item<double>(), std::log(3.0), 1e-14);
}

TEST(CategoricalPosterior, HardDrawsHaveTheirProbabilities) {
  const CategoricalPosterior q = posterior();
  const Tensor z = hard(q, 50'000);
  for (int64_t picture = 0; picture < kPictures; ++picture) {
    const auto log_prob = [&](const Tensor& states) {
      return q.log_prob(states.unsqueeze(1).expand({-1, kPictures, -1})).select(1, picture);
    };
    test::expect_draws_follow(z.select(1, picture), log_prob, kLatents);
  }
}

TEST(CategoricalPosterior, RelaxedDrawsAreDistributionsOverTheCategories) {
  const Tensor z = relaxed(posterior(), 100).unflatten(-1, {kLatents.variables(), kLatents.categories});
  EXPECT_GT(z.min().item<double>(), 0);
  EXPECT_LT(test::distance(z.sum(-1), torch::ones_like(z.sum(-1))), 1e-14);
}

// Where the two largest scores are closer than the temperature t the draw stays between them: in a share of
// the draws that shrinks as t.
TEST(CategoricalPosterior, RelaxedDrawsBecomeOneHotAsTheTemperatureFalls) {
  constexpr int64_t kDraws = 10'000;
  double last = 1;
  for (const double temperature : {1.0, 0.1, 0.01, 0.001}) {
    const CategoricalPosterior q = posterior(Relaxation::gumbel_softmax, temperature);
    const auto gap = (relaxed(q, kDraws) - hard(q, kDraws)).abs().mean().item<double>();
    EXPECT_LT(gap, 0.3 * last) << temperature;
    last = gap;
  }
  EXPECT_LT(last, 1e-3);
}

TEST(CategoricalPosterior, StraightThroughIsOneHotForwards) {
  const CategoricalPosterior q = posterior(Relaxation::straight_through);
  EXPECT_TRUE(torch::equal(relaxed(q, 1000), hard(q, 1000)));
  const Tensor z = hard(q, 1000).unflatten(-1, {kLatents.variables(), kLatents.categories});
  EXPECT_TRUE(((z == 0) | (z == 1)).all().item<bool>());
  EXPECT_TRUE((z.sum(-1) == 1).all().item<bool>());
}

TEST(CategoricalPosterior, StraightThroughHasTheRelaxedGradient) {
  const auto gradient = [](Relaxation relaxation) {
    const Tensor parameters = logits().requires_grad_();
    Random random(1, "weights");
    const Tensor weights = normal(random, {10, kPictures, kLatents.dimensions}, test::kFloat64);
    (weights * relaxed(CategoricalPosterior(parameters, relaxation, 0.5), 10)).sum().backward();
    return parameters.grad();
  };
  const Tensor expected = gradient(Relaxation::gumbel_softmax);
  EXPECT_GT(expected.abs().min().item<double>(), 0);
  EXPECT_LT(test::distance(gradient(Relaxation::straight_through), expected), 1e-14);
}

TEST(CategoricalPosterior, NeedsAMultipleOfItsCategories) {
  EXPECT_TRUE(test::throws<UsageError>(
      [] { make_posterior(PosteriorConfig(CategoricalPosteriorConfig{.categories = 4}), 10); },
      {"model.latent", "10", "model.posterior.categories", "4"}));
}

}  // namespace
}  // namespace vae
