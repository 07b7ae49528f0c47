// Every combination of a model's parts learns, or says which two keys do not go together.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>
#include <regex>
#include <set>
#include <string>

#include "core/error.h"
#include "objectives/objectives.h"
#include "support/examples.h"
#include "support/models.h"
#include "support/objectives.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr int64_t kClasses = 3;
constexpr int64_t kLatent = 4;

Batch batch() {
  constexpr int64_t kPictures = 4;
  return {.x = test::binary_pictures(kPictures).to(torch::kFloat),
          .labels = torch::arange(kPictures).remainder(kClasses),
          .population = 2 * kPictures};
}

/// Calls visitor(config) for one example of every row of a table.
template <class Table, class Visitor>
void for_each_row(Visitor&& visitor) {
  for_each_alternative<Table>([&]<class Row>(Tag<Row> row) { visitor(Table(test::examples(row).back())); });
}

const std::vector<std::optional<ConditionConfig>>& every_condition() {
  static const std::vector<std::optional<ConditionConfig>> kAll = {
      std::nullopt, ConditionConfig{.embedding = 2}, ConditionConfig{.embedding = 2, .prior = true}};
  return kAll;
}

std::string describe(const ModelConfig& config) {
  return fmt::format("posterior {}, prior {}, likelihood {}, networks {}, condition {}",
                     config.posterior.type(), config.prior.type(), config.likelihood.type(),
                     config.encoder->type(),
                     !config.condition         ? "none"
                     : config.condition->prior ? "with the prior"
                                               : "without the prior");
}

std::set<std::string> keys_in(const std::string& message) {
  static const std::regex kKey(R"(\b(model|objective|data)\.[a-z_]+)");
  return {std::sregex_token_iterator(message.begin(), message.end(), kKey), std::sregex_token_iterator()};
}

void expect_learns(const Vae& model, Objective& objective) {
  Random random(1, "eps");
  const auto posterior = model.encode(batch().x, batch().labels);
  const Terms terms = objective.evaluate(model, *posterior, batch(), random, {});
  for (const Tensor& term : {terms.surrogate, terms.objective, terms.reconstruction, terms.kl}) {
    EXPECT_TRUE(test::is_finite(term));
  }
  terms.surrogate.backward();
  for (const auto& parameter : model.named_parameters()) {
    const Tensor gradient = parameter.value().grad();
    EXPECT_TRUE(gradient.defined() && test::is_finite(gradient)) << parameter.key();
  }
}

/// Whether the parts go together; where they do, they learn.
bool learns(const ModelConfig& config, const ObjectiveConfig& objective) {
  SCOPED_TRACE(describe(config));
  const auto complaint = complaint_of([&] {
    const Vae model(config, test::kTinyPicture, 1, kClasses);
    expect_learns(model, *make_objective(objective, test::kTinyPicture));
  });
  if (complaint) {
    EXPECT_GE(keys_in(*complaint).size(), 2u) << *complaint;
  }
  return !complaint;
}

/// Every example of posterior and prior with every condition.
std::vector<ModelConfig> every_model(const NetworkConfig& network, const LikelihoodConfig& likelihood) {
  std::vector<ModelConfig> all;
  ModelConfig config = test::tiny_config(network, likelihood);
  config.latent = kLatent;
  test::for_each_example<PosteriorConfig>([&](const PosteriorConfig& posterior) {
    test::for_each_example<PriorConfig>([&](const PriorConfig& prior) {
      for (const auto& condition : every_condition()) {
        config.posterior = posterior;
        config.prior = prior;
        config.condition = condition;
        all.push_back(config);
      }
    });
  });
  return all;
}

TEST(EveryCombination, OfAModelsPartsLearnsOrNamesTheKeysThatForbidIt) {
  std::set<std::string_view> learned, rows;
  for_each_row<NetworkConfig>([&](const NetworkConfig& network) {
    for_each_row<LikelihoodConfig>([&](const LikelihoodConfig& likelihood) {
      for (const ModelConfig& config : every_model(network, likelihood)) {
        const std::initializer_list<std::string_view> types = {config.posterior.type(), config.prior.type(),
                                                               likelihood.type(), network.type()};
        rows.insert(types);
        if (learns(config, ElboConfig{})) learned.insert(types);
      }
    });
  });
  EXPECT_EQ(learned, rows) << "each row goes with some others";
}

TEST(EveryCombination, WithAnObjectiveLearnsOrNamesTheKeysThatForbidIt) {
  for (const ObjectiveConfig& objective : test::every_objective()) {
    bool any = false;
    for (const ModelConfig& config : every_model(MlpConfig{.hidden = {5}}, BernoulliConfig{})) {
      any |= learns(config, objective);
    }
    EXPECT_TRUE(any) << objective.type();
  }
}

/// One example of every objective with one of every estimator.
std::vector<ObjectiveConfig> an_objective_of_each_kind() {
  std::vector<ObjectiveConfig> all;
  for_each_alternative<ObjectiveConfig>([&]<class Row>(Tag<Row> row) {
    Row example = test::examples(row).front();
    if constexpr (requires { example.estimator; }) {
      for_each_row<EstimatorConfig>([&](const EstimatorConfig& estimator) {
        example.estimator = estimator;
        if (!check(example)) all.push_back(example);
      });
    } else {
      all.push_back(example);
    }
  });
  return all;
}

TEST(EveryCombination, OfPosteriorLikelihoodObjectiveAndEstimatorLearnsOrNamesTheKeysThatForbidIt) {
  std::set<std::string_view> learned, rows;
  for_each_row<PosteriorConfig>([&](const PosteriorConfig& posterior) {
    for_each_row<LikelihoodConfig>([&](const LikelihoodConfig& likelihood) {
      ModelConfig config = test::tiny_config(MlpConfig{.hidden = {5}}, likelihood);
      config.latent = kLatent;
      config.posterior = posterior;
      if (check(config)) config.prior = UniformCategoricalConfig{};
      for (const ObjectiveConfig& objective : an_objective_of_each_kind()) {
        const std::initializer_list<std::string_view> types = {posterior.type(), likelihood.type(),
                                                               objective.type()};
        rows.insert(types);
        if (learns(config, objective)) learned.insert(types);
      }
    });
  });
  EXPECT_EQ(learned, rows) << "each row goes with some others";
}

// What the config alone tells is refused before there are data, in the same words.
TEST(EveryCombination, IsRefusedByTheConfigAsByTheModel) {
  int refused = 0;
  for (const ModelConfig& config : every_model(MlpConfig{.hidden = {5}}, BernoulliConfig{})) {
    SCOPED_TRACE(describe(config));
    EXPECT_EQ(check(config), complaint_of([&] { const Vae model(config, test::kTinyPicture, 1, kClasses); }));
    refused += check(config).has_value() ? 1 : 0;
  }
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace vae
