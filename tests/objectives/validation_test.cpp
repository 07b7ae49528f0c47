#include "objectives/validation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "objectives/amortized.h"
#include "objectives/elbo.h"
#include "support/examples.h"
#include "support/latents.h"
#include "support/models.h"
#include "support/numbered_pictures.h"
#include "support/statistics.h"
#include "support/tensors.h"
#include "support/thread_group.h"

namespace vae {
namespace {

constexpr int64_t kCount = 23;
constexpr uint64_t kSeed = 5;

Pictures make_pictures(const ObservationConfig& observation) {
  return Pictures(test::numbered_pictures(kCount, test::kTinyPicture), observation, {.type = torch::kDouble});
}

Validation run(const Vae& model, const Pictures& pictures, int64_t batch_size, int64_t samples,
               uint64_t seed = kSeed) {
  return validate(model, Amortized(), EvaluationBatches(pictures, batch_size, kSeed), samples, seed);
}

Tensor whole_set(const Pictures& pictures) { return EvaluationBatches(pictures, kCount, kSeed).get(0).x; }

void expect_equal(const Validation& a, const Validation& b, double relative) {
  EXPECT_NEAR(a.elbo, b.elbo, relative * std::abs(b.elbo));
  EXPECT_NEAR(a.reconstruction, b.reconstruction, relative * std::abs(b.reconstruction));
  EXPECT_NEAR(a.kl, b.kl, relative * std::abs(b.kl));
}

TEST(Validate, DoesNotDependOnTheSizeOfTheBatches) {
  const auto model = test::tiny_model();
  const Pictures pictures = make_pictures(Binarize{});
  for (const int64_t samples : {1, 4}) {
    const Validation expected = run(*model, pictures, kCount, samples);
    for (const int64_t batch_size : {1, 3, 22, 100}) {
      expect_equal(run(*model, pictures, batch_size, samples), expected, 1e-12);  // rounding of float64
    }
  }
}

TEST(Validate, DoesNotDependOnHowManyShareTheBatches) {
  const auto model = test::tiny_model();
  const Pictures pictures = make_pictures(Binarize{});
  const Validation expected = run(*model, pictures, 10, 2);
  for (const int64_t size : {2, 5}) {  // of 3 batches: some of five have none
    test::in_threads(size, [&](const std::shared_ptr<const Group>& group) {
      const Validation shared =
          validate(*model, Amortized(), EvaluationBatches(pictures, 10, kSeed), 2, kSeed, *group);
      expect_equal(shared, expected, 1e-12);  // rounding of float64
      EXPECT_NEAR(shared.iwae, expected.iwae, 1e-12 * std::abs(expected.iwae));
      EXPECT_TRUE(torch::equal(shared.latent_means, expected.latent_means));
      ASSERT_EQ(shared.kl_per_dimension.size(), expected.kl_per_dimension.size());
      for (size_t j = 0; j < expected.kl_per_dimension.size(); ++j) {
        EXPECT_NEAR(shared.kl_per_dimension[j], expected.kl_per_dimension[j], 1e-12);
      }
    });
  }
}

TEST(Validate, TakesTheKlApartByDimension) {
  const auto model = test::tiny_model();
  const Pictures pictures = make_pictures(Binarize{});
  const Validation validation = run(*model, pictures, 10, 1);
  ASSERT_EQ(validation.kl_per_dimension.size(), 3);
  const torch::NoGradGuard no_grad;
  const Tensor expected = model->encode(whole_set(pictures))->kl_per_dimension(model->prior())->mean(0);
  for (int64_t j = 0; j < 3; ++j) {
    EXPECT_NEAR(validation.kl_per_dimension[static_cast<size_t>(j)], expected[j].item<double>(), 1e-12);
  }
}

TEST(Validate, IsAFunctionOfTheSeed) {
  const auto model = test::tiny_model();
  const Pictures pictures = make_pictures(Binarize{});
  const Validation once = run(*model, pictures, 10, 2), again = run(*model, pictures, 10, 2);
  EXPECT_EQ(once.elbo, again.elbo);
  EXPECT_NE(run(*model, pictures, 10, 2, kSeed + 1).elbo, once.elbo);
}

TEST(Validate, IsReconstructionMinusTheClosedFormKl) {
  const auto model = test::tiny_model();
  const Pictures pictures = make_pictures(Binarize{});
  const Validation validation = run(*model, pictures, 10, 2);
  EXPECT_NEAR(validation.elbo, validation.reconstruction - validation.kl, 1e-12 * std::abs(validation.elbo));
  const Tensor kl = *model->encode(whole_set(pictures))->kl_per_dimension(model->prior());
  EXPECT_NEAR(validation.kl, kl.sum(-1).mean().item<double>(), 1e-12 * validation.kl);
}

// Where z does not reach the picture its noise does not matter, and the ELBO can be had directly.
TEST(Validate, EqualsADirectComputationWithoutNoise) {
  const auto model = test::tiny_model();
  const Pictures pictures = make_pictures(Binarize{});
  {
    const at::NoGradGuard guard;
    for (const auto& parameter : model->named_parameters()) {
      if (parameter.key().starts_with("decoder") && parameter.key().ends_with("weight")) {
        parameter.value().zero_();
      }
    }
  }
  const Tensor x = whole_set(pictures);
  const Tensor parameters = model->decode(torch::zeros({kCount, model->latent()}, test::kFloat64));
  const auto reconstruction = model->likelihood().log_prob(x, parameters).mean().item<double>();
  const auto kl = model->encode(x)->kl_per_dimension(model->prior())->sum(-1).mean().item<double>();
  for (const int64_t samples : {1, 5}) {
    expect_equal(run(*model, pictures, 10, samples),
                 {.elbo = reconstruction - kl, .reconstruction = reconstruction, .kl = kl}, 1e-12);
  }
}

TEST(Validate, IsTheExpectationOverTheNoise) {
  for_each_alternative<LikelihoodConfig>([]<class Row>(Tag<Row> row) {
    const auto model =
        test::tiny_model(test::tiny_config(MlpConfig{.hidden = {6}}, test::examples(row).back()));
    const Pictures pictures = make_pictures(Binarize{});
    std::vector<double> draws;
    for (uint64_t seed = 0; seed < 100; ++seed) {
      draws.push_back(run(*model, pictures, 10, 2, seed).reconstruction);
    }
    const at::NoGradGuard guard;
    Random random(1, "other noise");
    const Tensor x = whole_set(pictures);
    const Tensor z = model->encode(x)->rsample(1, 2000, random);
    const Tensor expected = model->likelihood().log_prob(x, model->decode(z)).mean();
    // The expected value has a tenth of the draws' noise itself: 2000 against 100 times 2.
    EXPECT_LT(test::z_score(test::values(draws), expected), 1.4 * test::kStandardErrors) << Row::kType;
  });
}

// The relaxed draws that training takes would give another number.
TEST(Validate, OfCategoriesIsTheSumOverEveryState) {
  for (const auto& posterior : test::examples(Tag<CategoricalPosteriorConfig>{})) {
    ModelConfig config = test::tiny_config();
    config.latent = 4;
    config.posterior = posterior;
    config.prior = UniformCategoricalConfig{};
    const auto model = test::tiny_model(config);
    const Pictures pictures = make_pictures(Binarize{});
    const at::NoGradGuard guard;
    const Tensor x = whole_set(pictures);
    const Tensor z =
        test::every_state(model->posterior().latent_space()).unsqueeze(1).expand({-1, kCount, -1});
    const auto q = model->encode(x);
    const Tensor log_joint = model->likelihood().log_prob(x, model->decode(z)) + model->prior().log_prob(z);
    const Tensor expected = (q->log_prob(z).exp() * (log_joint - q->log_prob(z))).sum(0).mean();
    std::vector<double> draws;
    for (uint64_t seed = 0; seed < 200; ++seed) draws.push_back(run(*model, pictures, 10, 2, seed).elbo);
    EXPECT_LT(test::z_score(test::values(draws), expected), test::kStandardErrors);
  }
}

TEST(Validate, ChangesNothing) {
  const auto model = test::tiny_model();
  const Pictures pictures = make_pictures(Binarize{});
  std::vector<Tensor> before;
  for (const Tensor& parameter : model->parameters()) before.push_back(parameter.detach().clone());
  const Tensor generator = test::default_generator_state();
  run(*model, pictures, 10, 2);
  for (size_t i = 0; i < before.size(); ++i) {
    EXPECT_TRUE(torch::equal(model->parameters()[i], before[i]));
    EXPECT_FALSE(model->parameters()[i].grad().defined());
  }
  EXPECT_TRUE(torch::equal(test::default_generator_state(), generator));
}

}  // namespace
}  // namespace vae
