// Every objective is the mean of its shares of a batch, or is refused by name.
#include "objectives/divisible.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "support/examples.h"
#include "support/models.h"
#include "support/objectives.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr int64_t kPictureCount = 5;

Batch share_of_batch(const Share& share) {
  const OtherRows others = share.others(kPictureCount);
  const int64_t count = kPictureCount - others.before - others.behind;
  return {.x = test::binary_pictures(kPictureCount).narrow(0, others.before, count),
          .population = kPictureCount,
          .others = others};
}

struct Result {
  Tensor gradient;  // of the surrogate, of all parameters
  Tensor terms;     // what is reported
};

/// Of an objective at the encoder's posterior, on a share of the batch.
Result evaluate(const ObjectiveConfig& config, const LikelihoodConfig& likelihood, const Share& share) {
  const auto model = test::tiny_model(
      test::tiny_config(MlpConfig{.hidden = {6}, .activation = Activation::tanh}, likelihood));
  const auto objective = make_objective(config, test::kTinyPicture);
  objective->initialize(Random(1, "objective"));
  objective->to(torch::kDouble);
  const Batch batch = share_of_batch(share);
  Random random = Random(1, "eps").between(batch.others);
  const Terms terms = objective->evaluate(*model, *model->encode(batch.x), batch, random, {.number = 5});
  terms.surrogate.backward();
  std::vector<Tensor> gradients;
  for (const auto& module : std::vector<std::shared_ptr<torch::nn::Module>>{model, objective}) {
    for (const Tensor& parameter : module->parameters()) {
      const Tensor gradient = parameter.grad();
      gradients.push_back((gradient.defined() ? gradient : torch::zeros_like(parameter)).flatten());
    }
  }
  return {.gradient = torch::cat(gradients),
          .terms = torch::stack({terms.objective, terms.reconstruction, terms.kl}).detach()};
}

/// Whether shares of 2 and 3 pictures, each by its size, make up the batch; in float64 up to rounding.
bool is_mean_of_shares(const ObjectiveConfig& config,
                       const LikelihoodConfig& likelihood = BernoulliConfig{}) {
  const Result whole = evaluate(config, likelihood, {});
  const Result first = evaluate(config, likelihood, {.index = 0, .count = 2});
  const Result second = evaluate(config, likelihood, {.index = 1, .count = 2});
  const auto together = [](const Tensor& a, const Tensor& b) { return 0.4 * a + 0.6 * b; };
  return torch::allclose(together(first.gradient, second.gradient), whole.gradient, 1e-9, 1e-9) &&
         torch::allclose(together(first.terms, second.terms), whole.terms, 1e-9, 1e-9);
}

TEST(Divisible, EveryObjectiveIsTheMeanOfItsSharesOrIsRefused) {
  std::set<std::string_view> refused, divided;
  for (const ObjectiveConfig& config : test::every_objective()) {
    if (const auto complaint = indivisible(config)) {
      EXPECT_THAT(*complaint, testing::StartsWith("objective."));
      refused.insert(config.type());
      continue;
    }
    EXPECT_TRUE(is_mean_of_shares(config)) << config.type();
    divided.insert(config.type());
  }
  EXPECT_THAT(refused, testing::IsSupersetOf({"beta_tc", "info"}));
  EXPECT_THAT(divided, testing::UnorderedElementsAre("elbo", "iwae", "miwae", "ciwae", "renyi"));
}

TEST(Divisible, RefusesWhatShowsInTheGradient) {
  EXPECT_FALSE(is_mean_of_shares(BetaTcConfig{}));
  EXPECT_FALSE(is_mean_of_shares(InfoConfig{.lambda = 5}));
  EXPECT_FALSE(is_mean_of_shares(ElboConfig{.free_bits = 0.7}));
}

TEST(Divisible, EveryLikelihoodIsTheMeanOfItsSharesOrIsRefused) {
  int refused = 0;
  for_each_alternative<LikelihoodConfig>([&]<class Row>(Tag<Row> row) {
    for (const Row& example : test::examples(row)) {
      if (const auto complaint = indivisible(LikelihoodConfig(example))) {
        EXPECT_THAT(*complaint, testing::StartsWith("model.likelihood.variance: \"optimal\""));
        EXPECT_FALSE(is_mean_of_shares(ElboConfig{}, example));
        ++refused;
        continue;
      }
      EXPECT_TRUE(is_mean_of_shares(ElboConfig{}, example)) << Row::kType;
    }
  });
  EXPECT_EQ(refused, 1);
}

TEST(Divisible, OfTheSchemesOnlyOneThatNeedsAllPicturesIsRefused) {
  for_each_alternative<InferenceConfig>([]<class Row>(Tag<Row> row) {
    for (const Row& example : test::examples(row)) {
      const InferenceConfig config(example);
      const auto* em = config.get_if<EmConfig>();
      const bool is_refused = em != nullptr && em->m_step.is<ClosedFormMStepConfig>();
      EXPECT_EQ(indivisible(config).has_value(), is_refused) << Row::kType;
    }
  });
  const EmConfig closed = {.e_step = ExactEStepConfig{}, .m_step = ClosedFormMStepConfig{}};
  EXPECT_THAT(indivisible(InferenceConfig(closed)).value_or(""), testing::StartsWith("inference.m_step"));
}

}  // namespace
}  // namespace vae
