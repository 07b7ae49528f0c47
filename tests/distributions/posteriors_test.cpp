// What holds for every family of posteriors.
#include "distributions/posteriors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "core/error.h"
#include "core/noise.h"
#include "distributions/flow.h"
#include "distributions/priors.h"
#include "support/examples.h"
#include "support/gradients.h"
#include "support/latents.h"
#include "support/statistics.h"
#include "support/tensors.h"
#include "support/throws.h"

namespace vae {
namespace {

constexpr int64_t kLatent = 4;
constexpr int64_t kPictures = 3;

template <class Row>
std::vector<std::shared_ptr<PosteriorFamily>> example_families(int64_t latent = kLatent) {
  std::vector<std::shared_ptr<PosteriorFamily>> all;
  for (const Row& example : test::examples(Tag<Row>{})) {
    all.push_back(make_posterior(PosteriorConfig(example), latent));
    all.back()->to(torch::kDouble);
  }
  return all;
}

Tensor random_parameters(const PosteriorFamily& family, int64_t pictures = kPictures) {
  Random random(1, "parameters");
  return normal(random, {pictures, family.parameters_per_picture()}, test::kFloat64);
}

/// Every prior of the table that serves the family.
std::vector<std::shared_ptr<Prior>> every_prior(const std::shared_ptr<PosteriorFamily>& family) {
  std::vector<std::shared_ptr<Prior>> all;
  for_each_alternative<PriorConfig>([&]<class Row>(Tag<Row> row) {
    for (const Row& example : test::examples(row)) {
      if (const auto prior = test::prior_for(example, family)) all.push_back(prior);
    }
  });
  return all;
}

Tensor rsample(const Posterior& posterior, int64_t importance_samples, int64_t samples) {
  Random random(1, "eps");
  return posterior.rsample(importance_samples, samples, random);
}

ScoredLatents rsample_scored(const Posterior& posterior, int64_t importance_samples, int64_t samples) {
  Random random(1, "eps");
  return posterior.rsample_scored(importance_samples, samples, random);
}

/// Of the posterior itself, where rsample may relax.
Tensor draw(const Posterior& posterior, int64_t importance_samples, int64_t samples) {
  Random random(1, "eps");
  return posterior.sample(importance_samples, samples, random).z;
}

/// Whose mean is not known, and whose dimensions depend on each other.
bool is_flow(const Posterior& posterior) { return dynamic_cast<const Flow*>(&posterior) != nullptr; }

template <class Row>
class EveryPosterior : public testing::Test {};
TYPED_TEST_SUITE(EveryPosterior, PosteriorConfig::As<testing::Types>, test::RowName);

TYPED_TEST(EveryPosterior, HasTheShapesItPromises) {
  for (const auto& family : example_families<TypeParam>()) {
    const auto posterior = family->at(random_parameters(*family));
    const Tensor z = rsample(*posterior, 2, 5);
    EXPECT_EQ(z.sizes(), (std::vector<int64_t>{2, 5, kPictures, kLatent}));
    EXPECT_EQ(rsample_scored(*posterior, 2, 5).log_prob.sizes(), (std::vector<int64_t>{2, 5, kPictures}));
    if (family->scores_given_latents()) {
      EXPECT_EQ(posterior->log_prob(z).sizes(), (std::vector<int64_t>{2, 5, kPictures}));
    }
    EXPECT_EQ(posterior->mean().sizes(), (std::vector<int64_t>{kPictures, kLatent}));
    for (const auto& prior : every_prior(family)) {
      if (const auto kl = posterior->kl_per_dimension(*prior)) {
        EXPECT_EQ(kl->sizes(), (std::vector<int64_t>{kPictures, family->latent_space().variables()}));
      }
    }
  }
}

TYPED_TEST(EveryPosterior, ExactDrawsAreScoredAndNotDifferentiated) {
  for (const auto& family : example_families<TypeParam>()) {
    const auto posterior = family->at(random_parameters(*family).requires_grad_());
    Random random(1, "eps");
    const ScoredLatents draws = posterior->sample(2, 5, random);
    EXPECT_FALSE(draws.z.requires_grad() || draws.log_prob.requires_grad());
    if (family->scores_given_latents()) {
      EXPECT_LT(test::distance(draws.log_prob, posterior->log_prob(draws.z)), 1e-12);
    }
    if (family->latent_space().is_real()) {
      EXPECT_TRUE(torch::equal(draws.z, rsample(*posterior, 2, 5)));
    }
  }
}

TYPED_TEST(EveryPosterior, DifferentiableDrawsAreScoredAsGivenLatentsAre) {
  for (const auto& family : example_families<TypeParam>()) {
    const auto posterior = family->at(random_parameters(*family));
    const ScoredLatents draws = rsample_scored(*posterior, 2, 5);
    EXPECT_TRUE(torch::equal(draws.z, rsample(*posterior, 2, 5)));
    if (family->scores_given_latents()) {
      EXPECT_LT(test::distance(draws.log_prob, posterior->log_prob(draws.z)), 1e-12);
    }
  }
}

TYPED_TEST(EveryPosterior, RefusesToScoreGivenLatentsWhereItsFamilySaysSo) {
  for (const auto& family : example_families<TypeParam>()) {
    if (family->scores_given_latents()) continue;
    const auto posterior = family->at(random_parameters(*family));
    const Tensor z = rsample(*posterior, 1, 1);
    const std::string type = "\"" + std::string(TypeParam::kType) + "\"";
    EXPECT_TRUE(test::throws<UsageError>([&] { posterior->log_prob(z); }, {"model.posterior", type}));
    EXPECT_TRUE(
        test::throws<UsageError>([&] { posterior->detached()->log_prob(z); }, {"model.posterior", type}));
  }
}

TYPED_TEST(EveryPosterior, TakesAsManyWordsAsItSays) {
  for (const auto& family : example_families<TypeParam>()) {
    const auto posterior = family->at(random_parameters(*family));
    Random skipped(1, "eps");
    skipped.skip(2 * 5 * kPictures * family->words_per_draw());
    Random relaxed(1, "eps"), exact(1, "eps");
    posterior->rsample(2, 5, relaxed);
    posterior->sample(2, 5, exact);
    EXPECT_EQ(test::next_words(relaxed), test::next_words(skipped));
    EXPECT_EQ(test::next_words(exact), test::next_words(skipped));
  }
}

TYPED_TEST(EveryPosterior, SamplesHaveTheMean) {
  for (const auto& family : example_families<TypeParam>()) {
    const auto posterior = family->at(random_parameters(*family));
    if (is_flow(*posterior)) continue;
    for (const auto& [k, m] : {std::pair{1, 20'000}, std::pair{20'000, 1}}) {
      const Tensor z = draw(*posterior, k, m).flatten(0, 1);
      EXPECT_LT(test::z_score(z, posterior->mean()), test::kStandardErrors);
    }
  }
}

// The variance of n Gaussian draws is off by sqrt(2 / n) of itself, that of a rare category by more: 5 such
// deviations of 20,000 draws, doubled.
TYPED_TEST(EveryPosterior, SamplesHaveTheDeviationThatIsKnown) {
  for (const auto& family : example_families<TypeParam>()) {
    const auto posterior = family->at(random_parameters(*family));
    const std::optional<Tensor> deviation = posterior->deviation();
    EXPECT_EQ(deviation.has_value(), !is_flow(*posterior));
    if (!deviation) continue;
    const Tensor variance = draw(*posterior, 20'000, 1).flatten(0, 1).var(0);
    EXPECT_LT((variance / deviation->square() - 1).abs().max().item<double>(), 0.1);
  }
}

TYPED_TEST(EveryPosterior, DrawsAreIndependentAcrossSamplesPicturesAndVariables) {
  for (const auto& family : example_families<TypeParam>()) {
    const Tensor zeros = torch::zeros({kPictures, family->parameters_per_picture()}, test::kFloat64);
    const auto posterior = family->at(zeros);
    const Tensor z = draw(*posterior, 20'000, 2).flatten(1);  // [K, M N latent]
    const Tensor centred = z - z.mean(0);
    const Tensor products = centred.unsqueeze(1) * centred.unsqueeze(2);
    const int64_t variables = is_flow(*posterior) ? 1 : family->latent_space().variables();
    const Tensor variable = torch::arange(z.size(1)).floor_divide(kLatent / variables);
    const Tensor of_two = variable.unsqueeze(0) != variable.unsqueeze(1);
    EXPECT_LT(test::z_score(products.index({torch::indexing::Slice(), of_two}), 0.0), test::kStandardErrors);
  }
}

TYPED_TEST(EveryPosterior, IsNormalised) {
  for (const TypeParam& example : test::examples(Tag<TypeParam>{})) {
    const auto family = test::smallest_family(example);
    if (!family->scores_given_latents()) continue;
    const auto posterior = family->at(random_parameters(*family, 1));
    const auto log_prob = [&](const Tensor& z) { return posterior->log_prob(z.unsqueeze(1)).squeeze(1); };
    EXPECT_NEAR(test::total_probability(log_prob, family->latent_space()), 1, 1e-9);
  }
}

// E_q[d log q(z) / d parameters] = 0: a spread of the samples that is not the density's is seen.
TYPED_TEST(EveryPosterior, ScoreOfItsOwnSamplesHasMeanZero) {
  constexpr int64_t kDraws = 20'000;
  for (const auto& family : example_families<TypeParam>()) {
    if (!family->scores_given_latents()) continue;
    Tensor parameters = random_parameters(*family, 1).expand({kDraws, -1}).contiguous().requires_grad_();
    const auto posterior = family->at(parameters);
    posterior->log_prob(draw(*posterior, 1, 1)).sum().backward();
    EXPECT_LT(test::z_score(parameters.grad(), 0.0), test::kStandardErrors);
  }
}

TYPED_TEST(EveryPosterior, GradientsMatchFiniteDifferences) {
  for (const auto& family : example_families<TypeParam>()) {
    Tensor parameters = random_parameters(*family).requires_grad_();
    constexpr int64_t kAll = 1000;
    Random random(1, "weights");
    const Tensor weights = normal(random, {2, 2, kPictures, kLatent}, test::kFloat64);
    // One-hot draws with a borrowed gradient have no differences; their own test compares the gradients.
    const auto posterior = family->at(parameters);
    const bool is_constant =
        !family->latent_space().is_real() && torch::equal(rsample(*posterior, 2, 2), draw(*posterior, 2, 2));
    std::vector<Tensor> leaves = family->parameters();
    leaves.push_back(parameters);
    for (const Tensor& leaf : leaves) {
      const int64_t count = leaf.is_same(parameters) ? kAll : 10;
      if (!is_constant) {
        test::expect_gradient([&] { return (weights * rsample(*family->at(parameters), 2, 2)).sum(); }, leaf,
                              "rsample", count);
        test::expect_gradient(
            [&] {
              const ScoredLatents draws = rsample_scored(*family->at(parameters), 2, 2);
              return (weights * draws.z).sum() + (weights.select(-1, 0) * draws.log_prob).sum();
            },
            leaf, "rsample_scored", count);
      }
      if (!family->scores_given_latents()) continue;
      test::expect_gradient([&] { return family->at(parameters)->log_prob(weights).sum(); }, leaf, "log_prob",
                            count);
    }
    for (const auto& prior : every_prior(family)) {
      if (!family->at(parameters)->kl_per_dimension(*prior)) continue;
      test::expect_gradient(
          [&] {
            const Tensor kl = *family->at(parameters)->kl_per_dimension(*prior);
            return (weights[0][0].narrow(1, 0, kl.size(1)) * kl).sum();
          },
          parameters, "KL", kAll);
    }
  }
}

TYPED_TEST(EveryPosterior, GivesEveryParameterAGradient) {
  for (const auto& family : example_families<TypeParam>()) {
    Tensor parameters = random_parameters(*family).requires_grad_();
    const ScoredLatents draws = rsample_scored(*family->at(parameters), 2, 5);
    (draws.z.square().sum(-1) + draws.log_prob).sum().backward();
    EXPECT_GT(parameters.grad().abs().min().template item<double>(), 0);
    for (const auto& weight : family->named_parameters()) {
      ASSERT_TRUE(weight.value().grad().defined()) << weight.key();
      EXPECT_GT(weight.value().grad().abs().max().template item<double>(), 0) << weight.key();
    }
  }
}

TYPED_TEST(EveryPosterior, DetachedIsTheSameWithConstantParameters) {
  for (const auto& family : example_families<TypeParam>()) {
    const auto posterior = family->at(random_parameters(*family).requires_grad_());
    const auto detached = posterior->detached();
    const ScoredLatents draws = rsample_scored(*detached, 2, 3);
    const ScoredLatents expected = rsample_scored(*posterior, 2, 3);
    EXPECT_LT(test::distance(draws.z, expected.z), 1e-12);
    EXPECT_LT(test::distance(draws.log_prob, expected.log_prob), 1e-12);
    EXPECT_LT(test::distance(detached->mean(), posterior->mean()), 1e-12);
    EXPECT_FALSE(draws.z.requires_grad() || draws.log_prob.requires_grad() ||
                 detached->mean().requires_grad());
    EXPECT_TRUE(expected.log_prob.requires_grad());
  }
}

TYPED_TEST(EveryPosterior, DetachedScoresAreDifferentiableInTheLatentsAlone) {
  for (const auto& family : example_families<TypeParam>()) {
    if (!family->scores_given_latents()) continue;
    Tensor parameters = random_parameters(*family).requires_grad_();
    const auto posterior = family->at(parameters);
    const auto detached = posterior->detached();
    Tensor z = rsample(*posterior, 2, 3).detach().requires_grad_();
    EXPECT_LT(test::distance(detached->log_prob(z), posterior->log_prob(z)), 1e-12);
    test::expect_gradient([&] { return detached->log_prob(z).sum(); }, z, "z", z.numel());
    EXPECT_FALSE(parameters.grad().defined());
    for (const auto& weight : family->named_parameters()) {
      EXPECT_FALSE(weight.value().grad().defined()) << weight.key();
    }
  }
}

TYPED_TEST(EveryPosterior, ClosedFormKlIsWhatSamplesGive) {
  constexpr int64_t kDraws = 250'000;
  for (const auto& family : example_families<TypeParam>()) {
    const auto posterior = family->at(random_parameters(*family));
    for (const auto& prior : every_prior(family)) {
      const auto kl = posterior->kl_per_dimension(*prior);
      if (!kl) continue;
      const Tensor z = draw(*posterior, 1, kDraws)[0];
      const Tensor draws = posterior->log_prob(z) - prior->log_prob(z);
      const Tensor standard_error = draws.std(0) / std::sqrt(static_cast<double>(kDraws));
      EXPECT_LT(test::z_score(draws, kl->sum(-1)), test::kStandardErrors);
      // So that the comparison sees an error of four in a hundred in each picture's KL.
      EXPECT_LT((standard_error / kl->sum(-1)).max().template item<double>(), 0.04 / test::kStandardErrors);
    }
  }
}

TYPED_TEST(EveryPosterior, KlIsNeverNegative) {
  for (const auto& family : example_families<TypeParam>()) {
    const Tensor parameters = random_parameters(*family, 500);
    for (const double scale : {1e-3, 1.0, 5.0}) {
      for (const auto& prior : every_prior(family)) {
        const auto kl = family->at(scale * parameters)->kl_per_dimension(*prior);
        // Next to the prior it is a difference of numbers near one: rounding may fall below zero.
        if (kl) {
          EXPECT_GE(kl->min().template item<double>(), -1e-15);
        }
      }
    }
  }
}

TYPED_TEST(EveryPosterior, SamplesAreAFunctionOfTheStream) {
  for (const auto& family : example_families<TypeParam>()) {
    const auto posterior = family->at(random_parameters(*family));
    const Tensor before = test::default_generator_state();
    EXPECT_TRUE(torch::equal(rsample(*posterior, 2, 3), rsample(*posterior, 2, 3)));
    Random other(2, "eps");
    EXPECT_FALSE(torch::equal(posterior->rsample(2, 3, other), rsample(*posterior, 2, 3)));
    EXPECT_TRUE(torch::equal(test::default_generator_state(), before));
  }
}

}  // namespace
}  // namespace vae
