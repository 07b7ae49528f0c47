// What holds for every objective.
#include "objectives/objectives.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "support/examples.h"
#include "support/gradients.h"
#include "support/models.h"
#include "support/tensors.h"

namespace vae {
namespace {

Batch batch_of(int64_t count) {
  return {.x = test::binary_pictures(count),
          .labels = torch::full({count}, kNoLabel, torch::kLong),
          .indices = torch::arange(count),
          .population = 3 * count};
}

Terms evaluate(Objective& objective, const Vae& model, const Batch& batch, int64_t step = 3,
               uint64_t seed = 1) {
  Random random(seed, "eps");
  return objective.evaluate(model, *model.encode(batch.x, batch.labels), batch, random, {.number = step});
}

template <class Row>
class EveryObjective : public testing::Test {
 protected:
  std::vector<std::shared_ptr<Objective>> objectives() const {
    std::vector<std::shared_ptr<Objective>> all;
    for (const Row& example : test::examples(Tag<Row>{})) {
      all.push_back(make_objective(ObjectiveConfig(example), test::kTinyPicture));
    }
    return all;
  }
};
TYPED_TEST_SUITE(EveryObjective, ObjectiveConfig::As<testing::Types>, test::RowName);

TYPED_TEST(EveryObjective, GivesFiniteScalars) {
  const auto model = test::tiny_model();
  for (const auto& objective : this->objectives()) {
    const Terms terms = evaluate(*objective, *model, batch_of(5));
    for (const Tensor& term : {terms.surrogate, terms.objective, terms.reconstruction, terms.kl}) {
      EXPECT_EQ(term.dim(), 0);
      EXPECT_TRUE(test::is_finite(term));
    }
  }
}

TYPED_TEST(EveryObjective, IsAFunctionOfTheStream) {
  const auto model = test::tiny_model();
  const Tensor before = test::default_generator_state();
  for (const auto& objective : this->objectives()) {
    const auto value = [&](uint64_t seed) {
      return evaluate(*objective, *model, batch_of(5), 3, seed).objective.template item<double>();
    };
    EXPECT_EQ(value(1), value(1));
    EXPECT_NE(value(1), value(2));
  }
  EXPECT_TRUE(torch::equal(test::default_generator_state(), before));
}

TYPED_TEST(EveryObjective, GradientMatchesFiniteDifferencesWhereTheNoiseIsFixed) {
  for_each_alternative<NetworkConfig>([&]<class Network>(Tag<Network> networks) {
    for_each_alternative<LikelihoodConfig>([&]<class Row>(Tag<Row> likelihoods) {
      const auto model = test::tiny_model(
          test::tiny_config(test::examples(networks).back(), test::examples(likelihoods).back()));
      const Batch batch = batch_of(4);
      for (const auto& objective : this->objectives()) {
        const auto surrogate = [&] { return evaluate(*objective, *model, batch).surrogate; };
        for (const auto& parameter : model->named_parameters()) {
          model->zero_grad();
          test::expect_gradient(surrogate, parameter.value(),
                                fmt::format("{} of {} with {}", parameter.key(), Network::kType, Row::kType),
                                3);
        }
      }
    });
  });
}

TYPED_TEST(EveryObjective, GivesEveryParameterAGradient) {
  for_each_alternative<LikelihoodConfig>([&]<class Row>(Tag<Row> likelihoods) {
    for (const Row& likelihood : test::examples(likelihoods)) {
      const auto model = test::tiny_model(test::tiny_config(MlpConfig{.hidden = {6}}, likelihood));
      for (const auto& objective : this->objectives()) {
        model->zero_grad();
        evaluate(*objective, *model, batch_of(8)).surrogate.backward();
        for (const auto& parameter : model->named_parameters()) {
          ASSERT_TRUE(parameter.value().grad().defined()) << parameter.key();
          EXPECT_GT(parameter.value().grad().abs().max().template item<double>(), 0) << parameter.key();
        }
      }
    }
  });
}

}  // namespace
}  // namespace vae
