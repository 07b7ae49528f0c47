#include "objectives/elbo.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "support/models.h"
#include "support/statistics.h"
#include "support/tensors.h"
#include "support/throws.h"

namespace vae {
namespace {

constexpr int64_t kPictures = 6;

Batch batch() {
  return {.x = test::binary_pictures(kPictures),
          .labels = torch::full({kPictures}, kNoLabel, torch::kLong),
          .indices = {}};
}

/// From the densities at the draws that `Elbo` makes from the same stream.
struct ElboParts {
  Tensor reconstruction;    // [N]
  Tensor kl;                // [N]
  Tensor kl_per_dimension;  // [N, latent]
};

ElboParts parts(const Vae& model, KlEstimate kl, int64_t samples) {
  const torch::NoGradGuard no_grad;
  Random random(1, "eps");
  const Tensor x = batch().x;
  const auto posterior = model.encode(x);
  const Tensor z = posterior->rsample(1, samples, random)[0];
  const Tensor sampled = (posterior->log_prob(z) - model.prior().log_prob(z)).mean(0);
  const Tensor closed = *posterior->kl_per_dimension(model.prior());
  return {model.likelihood().log_prob(x, model.decode(z)).mean(0),
          kl == KlEstimate::sampled ? sampled : closed.sum(-1), closed};
}

struct Values {
  double surrogate, objective, reconstruction, kl;
};

Values evaluate(const ElboConfig& config, const Vae& model, int64_t step = 0) {
  Random random(1, "eps");
  const Terms terms = Elbo(config, test::kTinyPicture)
                          .evaluate(model, *model.encode(batch().x), batch(), random, {.number = step});
  return {terms.surrogate.item<double>(), terms.objective.item<double>(), terms.reconstruction.item<double>(),
          terms.kl.item<double>()};
}

TEST(Elbo, SampledKlAgreesWithTheClosedForm) {
  const auto model = test::tiny_model();
  const torch::NoGradGuard no_grad;
  Elbo sampled({.samples = 50, .kl = KlEstimate::sampled}, test::kTinyPicture);
  std::vector<Tensor> draws;
  for (uint64_t stream = 0; stream < 400; ++stream) {
    Random random(stream, "eps");
    draws.push_back(sampled.evaluate(*model, *model->encode(batch().x), batch(), random, {}).kl);
  }
  EXPECT_LT(test::z_score(torch::stack(draws), parts(*model, KlEstimate::closed_form, 1).kl.mean()),
            test::kStandardErrors);
}

TEST(Elbo, IsReconstructionMinusKlAveragedOverTheBatch) {
  const auto model = test::tiny_model();
  for (const auto kl : {KlEstimate::closed_form, KlEstimate::sampled}) {
    for (const int64_t samples : {1, 4}) {
      const ElboParts expected = parts(*model, kl, samples);
      const Values values = evaluate({.samples = samples, .kl = kl}, *model);
      EXPECT_NEAR(values.reconstruction, expected.reconstruction.mean().item<double>(), 1e-12);
      EXPECT_NEAR(values.kl, expected.kl.mean().item<double>(), 1e-12);
      EXPECT_NEAR(values.objective, values.reconstruction - values.kl, 1e-12);
      EXPECT_NEAR(values.surrogate, -values.objective, 1e-12);
    }
  }
}

TEST(Elbo, MoreSamplesScatterLess) {
  const auto model = test::tiny_model();
  const auto variance = [&](int64_t samples) {
    std::vector<double> draws;
    for (uint64_t stream = 0; stream < 200; ++stream) {
      Random random(stream, "eps");
      draws.push_back(Elbo({.samples = samples}, test::kTinyPicture)
                          .evaluate(*model, *model->encode(batch().x), batch(), random, {})
                          .reconstruction.item<double>());
    }
    return test::values(draws).var().item<double>();
  };
  // A ratio of two variances of 200 draws each scatters by sqrt(2 / 200 * 2) = 14%.
  EXPECT_NEAR(variance(1) / variance(16), 16, 5 * 0.14 * 16);
}

TEST(Elbo, BetaWeighsTheKlAlone) {
  const auto model = test::tiny_model();
  const Values plain = evaluate({}, *model);
  for (const double beta : {0.0, 0.5, 4.0}) {
    const Values values = evaluate({.beta = beta}, *model);
    EXPECT_NEAR(values.objective, plain.reconstruction - beta * plain.kl, 1e-12);
    EXPECT_NEAR(values.surrogate, -values.objective, 1e-12);
    EXPECT_NEAR(values.kl, plain.kl, 1e-12) << "reported without its weight";
  }
}

TEST(Elbo, BetaGrowsLinearlyFromZero) {
  const auto model = test::tiny_model();
  const Values plain = evaluate({}, *model);
  const ElboConfig config{.beta = 3, .beta_warmup_steps = 10};
  for (const auto& [step, beta] : std::vector<std::pair<int64_t, double>>{
           {0, 0}, {1, 0.3}, {5, 1.5}, {9, 2.7}, {10, 3}, {11, 3}, {1'000'000, 3}}) {
    EXPECT_NEAR(evaluate(config, *model, step).objective, plain.reconstruction - beta * plain.kl, 1e-12)
        << step;
  }
}

TEST(Elbo, TakesTheWeightOfTheKlFromTheDeviceWhereItIsGiven) {
  const auto model = test::tiny_model();
  for (const auto kl : {KlEstimate::closed_form, KlEstimate::sampled}) {
    Elbo elbo({.kl = kl, .beta = 3, .beta_warmup_steps = 10}, test::kTinyPicture);
    const auto objective = [&](const ObjectiveStep& step) {
      Random random(1, "eps");
      return elbo.evaluate(*model, *model->encode(batch().x), batch(), random, step).objective;
    };
    for (const int64_t step : {0, 4, 10, 11}) {
      const Tensor weight = torch::full({}, elbo.kl_weight(step).value(), torch::kDouble);
      EXPECT_TRUE(torch::equal(objective({.number = 1, .kl_weight = weight}), objective({.number = step})));
    }
  }
  EXPECT_FALSE(Elbo({.beta = 3}, test::kTinyPicture).kl_weight(0)) << "which no step changes";
}

TEST(Elbo, FreeBitsFloorTheMeanKlOfEachDimension) {
  const auto model = test::tiny_model();
  const Values plain = evaluate({}, *model);
  const Tensor mean_kl = parts(*model, KlEstimate::closed_form, 1).kl_per_dimension.mean(0);
  const auto lowest = mean_kl.min().item<double>(), highest = mean_kl.max().item<double>();
  ASSERT_LT(lowest, highest);
  for (const double floor : {lowest / 2, (lowest + highest) / 2, 2 * highest}) {
    const Values values = evaluate({.free_bits = floor}, *model);
    const auto floored = mean_kl.clamp_min(floor).sum().item<double>();
    EXPECT_NEAR(values.objective, plain.reconstruction - floored, 1e-12);
    EXPECT_NEAR(values.surrogate, -values.objective, 1e-12);
    EXPECT_NEAR(values.kl, plain.kl, 1e-12) << "reported without its floor";

    const Values weighted = evaluate({.beta = 2, .free_bits = floor}, *model);
    EXPECT_NEAR(weighted.objective, plain.reconstruction - 2 * floored, 1e-12);
  }
}

TEST(Elbo, ADimensionBelowItsFreeBitsIsNotReduced) {
  const auto model = test::tiny_model();
  const auto encoder_gradient = [&](const ElboConfig& config) {
    model->zero_grad();
    Random random(1, "eps");
    Elbo(config, test::kTinyPicture)
        .evaluate(*model, *model->encode(batch().x), batch(), random, {})
        .surrogate.backward();
    return model->named_parameters().begin()->value().grad().clone();
  };
  // Far below the floor only the reconstruction pulls, as with beta = 0.
  EXPECT_LT(test::distance(encoder_gradient({.free_bits = 1e3}), encoder_gradient({.beta = 0})), 1e-12);
  EXPECT_GT(test::distance(encoder_gradient({.free_bits = 1e-6}), encoder_gradient({.beta = 0})), 1e-6);
}

TEST(ElboConfig, FreeBitsNeedTheClosedForm) {
  EXPECT_TRUE(check(ElboConfig{.kl = KlEstimate::sampled, .free_bits = 0.1}).has_value());
  EXPECT_FALSE(check(ElboConfig{.kl = KlEstimate::sampled}).has_value());
  EXPECT_FALSE(check(ElboConfig{.free_bits = 0.1}).has_value());
}

}  // namespace
}  // namespace vae
