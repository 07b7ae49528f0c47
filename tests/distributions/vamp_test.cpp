#include "distributions/vamp.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "core/error.h"
#include "core/noise.h"
#include "distributions/posteriors.h"
#include "support/gradients.h"
#include "support/latents.h"
#include "support/statistics.h"
#include "support/tensors.h"
#include "support/throws.h"

namespace vae {
namespace {

constexpr int64_t kComponents = 5;
constexpr int64_t kClasses = 2;

struct Example {
  std::shared_ptr<PosteriorFamily> family;
  std::shared_ptr<Vamp> prior;
};

/// With each posterior that it serves.
std::vector<Example> every_vamp(int64_t latent, int64_t classes = 0, int64_t encoder_classes = 0) {
  std::vector<Example> all;
  for (const auto& family : test::every_family(latent)) {
    const VampConfig config{.components = kComponents, .spread = 2};
    const auto prior = test::prior_for(config, family, classes, encoder_classes);
    if (prior) all.push_back({family, std::dynamic_pointer_cast<Vamp>(prior)});
  }
  EXPECT_GE(all.size(), 2u);
  return all;
}

Tensor random_latents(torch::IntArrayRef shape) {
  Random random(1, "z");
  return 2 * normal(random, shape, test::kFloat64);
}

/// log q(z | u_k) for z [latent], of a component by itself.
double component_log_prob(const Example& example, int64_t k, const Tensor& z, const Tensor& label) {
  const Tensor u = example.prior->pseudo_inputs().narrow(0, k, 1);
  return test::linear_encoder(example.family)(u, label)->log_prob(z.unsqueeze(0)).item<double>();
}

/// log of the mean of the densities with these logarithms.
double log_mean(const std::vector<double>& log_probs) {
  const auto count = static_cast<double>(log_probs.size());
  return torch::logsumexp(test::values(log_probs), 0).item<double>() - std::log(count);
}

/// Rounding, relative where the density is far below one.
void expect_equal(double log_prob, double expected) {
  EXPECT_NEAR(log_prob, expected, 1e-12 * std::max(1.0, std::abs(expected)));
}

Tensor label_of(int64_t label) { return torch::full({1}, label, torch::kLong); }

TEST(Vamp, IsTheMeanOfThePosteriorsOfItsPictures) {
  for (const Example& example : every_vamp(3)) {
    const Tensor z = random_latents({2, 3, 4, 3});
    const Tensor log_prob = example.prior->log_prob(z, {});
    ASSERT_EQ(log_prob.sizes(), (std::vector<int64_t>{2, 3, 4}));
    std::vector<double> components;
    for (int64_t k = 0; k < kComponents; ++k) {
      components.push_back(component_log_prob(example, k, z[1][2][3], {}));
    }
    expect_equal(log_prob[1][2][3].item<double>(), log_mean(components));
  }
}

TEST(Vamp, TellsTheEncoderAClassForEachPicture) {
  for (const Example& example : every_vamp(3, /*classes=*/0, kClasses)) {
    const Tensor z = random_latents({1, 3});
    std::vector<double> components;
    for (int64_t k = 0; k < kComponents; ++k) {
      components.push_back(component_log_prob(example, k, z[0], label_of(k % kClasses)));
    }
    expect_equal(example.prior->log_prob(z, {}).item<double>(), log_mean(components));
  }
}

TEST(Vamp, GivenAClassIsTheMeanOverItsOwnPictures) {
  for (const Example& example : every_vamp(3, kClasses, kClasses)) {
    const Tensor z = random_latents({2, 3});
    const Tensor log_prob = example.prior->log_prob(z, torch::tensor({0, 1}));
    for (int64_t y = 0; y < kClasses; ++y) {
      std::vector<double> components;
      for (int64_t k = y; k < kComponents; k += kClasses) {
        components.push_back(component_log_prob(example, k, z[y], label_of(y)));
      }
      expect_equal(log_prob[y].item<double>(), log_mean(components));
    }
  }
}

TEST(Vamp, GivenAClassIsNormalisedAndItsSamplesFollowIt) {
  constexpr int64_t kDraws = 50'000;
  for (const Example& example : every_vamp(1, kClasses, kClasses)) {
    for (int64_t y = 0; y < kClasses; ++y) {
      const auto log_prob = [&](const Tensor& z) {
        return example.prior->log_prob(z, label_of(y).expand(z.size(0)));
      };
      EXPECT_NEAR(test::total_probability(log_prob, {.dimensions = 1}), 1, 1e-9);
      Random random(1, "z");
      const Tensor z = example.prior->sample(kDraws, label_of(y).expand(kDraws), random, test::kFloat64);
      test::expect_draws_follow(z, log_prob, {.dimensions = 1});
    }
  }
}

TEST(Vamp, ManyLatentsAtOnceAreScoredAsOneByOne) {
  const auto family = make_posterior(PosteriorConfig(DiagonalGaussianConfig{}), 2);
  const auto prior = test::prior_for(VampConfig{.components = 3000}, family);
  const torch::NoGradGuard no_grad;
  const Tensor z = random_latents({2900, 2});  // more differences than are held at once
  const Tensor log_prob = prior->log_prob(z);
  for (const int64_t row : {0, 2795, 2796, 2899}) {
    EXPECT_NEAR(log_prob[row].item<double>(), prior->log_prob(z[row].unsqueeze(0)).item<double>(), 1e-12);
  }
}

TEST(Vamp, GradientReachesItsPictures) {
  for (const Example& example : every_vamp(3, kClasses, kClasses)) {
    const Tensor z = random_latents({4, 3});
    test::expect_gradient(
        [&] {
          return example.prior->log_prob(z, torch::tensor({0, 1, 1, 0})).sum();
        },
        example.prior->logits, "logits", 100);
    EXPECT_GT(example.prior->logits.grad().abs().min().item<double>(), 0);
  }
}

TEST(Vamp, StartsNearTheMeanPicture) {
  constexpr double kSpread = 0.1;
  const auto family = make_posterior(PosteriorConfig(DiagonalGaussianConfig{}), 2);
  const auto prior = std::dynamic_pointer_cast<Vamp>(
      test::prior_for(VampConfig{.components = 1000, .spread = kSpread}, family));
  const Tensor mean = test::values({0, 0.2, 0.4, 0.6, 0.8, 1}).view({1, 2, 3});
  prior->start_at_mean(mean);
  const Tensor once = prior->logits.detach().clone();
  const Tensor deviation = once - torch::logit(mean, 0.01);
  EXPECT_LT(test::z_score(deviation, 0.0), test::kStandardErrors);
  EXPECT_LT(test::z_score(deviation.square(), kSpread * kSpread), test::kStandardErrors);
  prior->start_at_mean(mean);
  EXPECT_TRUE(torch::equal(prior->logits, once));
}

TEST(Vamp, RefusesWhatItCannotServe) {
  const auto make = [](const PriorSetting& setting) {
    return [setting] { make_prior(PriorConfig(VampConfig{.components = 3}), setting); };
  };
  EXPECT_TRUE(test::throws<UsageError>(
      make({.latents = {.dimensions = 4, .categories = 2}, .picture = test::kPseudoInput}),
      {"model.prior.type", "\"vamp\"", "model.posterior"}));
  EXPECT_TRUE(test::throws<UsageError>(
      make({.latents = {.dimensions = 4}, .picture = test::kPseudoInput, .scores_given_latents = false}),
      {"model.prior.type", "\"vamp\"", "model.posterior"}));
  EXPECT_TRUE(test::throws<UsageError>(
      make({.latents = {.dimensions = 4}, .picture = test::kPseudoInput, .classes = 4}),
      {"model.prior", "\"vamp\"", "model.condition.prior"}));
}

}  // namespace
}  // namespace vae
