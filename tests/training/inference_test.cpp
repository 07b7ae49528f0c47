// Training with every inference scheme.
#include <gtest/gtest.h>

#include <cmath>
#include <regex>
#include <set>

#include "core/error.h"
#include "support/examples.h"
#include "support/models.h"
#include "support/tensors.h"
#include "training/trainer.h"

namespace vae {
namespace {

constexpr int64_t kPictures = 6;
constexpr int64_t kSteps = 4;

/// Half of the pictures, the other half at odd positions.
Batch batch(int64_t position) {
  const Tensor indices = torch::arange(kPictures / 2) * 2 + position % 2;
  return {.x = test::binary_pictures(kPictures).index_select(0, indices).to(torch::kFloat),
          .labels = torch::zeros({kPictures / 2}, torch::kLong),
          .indices = indices,
          .population = kPictures};
}

Trainer make_trainer(const Config& config) {
  return Trainer(config, {.shape = test::kTinyPicture, .count = kPictures}, torch::kCPU, kSteps);
}

std::set<std::string> keys_in(const std::string& message) {
  static const std::regex kKey(R"(\b(model|objective|inference)\.[a-z_]+)");
  return {std::sregex_token_iterator(message.begin(), message.end(), kKey), std::sregex_token_iterator()};
}

/// Every scheme with every posterior, prior and objective, with and without an encoder, and on a linear
/// model.
std::vector<Config> every_config() {
  std::vector<Config> all;
  const auto add = [&]<class Table>(Tag<Table>, auto&& each) {
    for_each_alternative<Table>([&]<class Row>(Tag<Row> row) { each(Table(test::examples(row).back())); });
  };
  for_each_alternative<InferenceConfig>([&]<class Row>(Tag<Row> row) {
    for (const Row& inference : test::examples(row)) {
      for (const bool has_encoder : {true, false}) {
        Config config;
        config.model = test::tiny_config(MlpConfig{.hidden = {5}}, GaussianConfig{});
        config.model.latent = 4;
        if (!has_encoder) config.model.encoder = std::nullopt;
        config.inference = inference;
        add(Tag<PosteriorConfig>{}, [&](const PosteriorConfig& posterior) {
          add(Tag<PriorConfig>{}, [&](const PriorConfig& prior) {
            config.model.posterior = posterior;
            config.model.prior = prior;
            config.objective = ElboConfig{};
            all.push_back(config);
          });
        });
        config.model.posterior = FullGaussianConfig{};
        config.model.prior = StandardNormalConfig{};
        add(Tag<ObjectiveConfig>{}, [&](const ObjectiveConfig& objective) {
          config.objective = objective;
          all.push_back(config);
        });
        config.objective = ElboConfig{};
        config.model.decoder = MlpConfig{.hidden = {}};
        all.push_back(config);
      }
    }
  });
  return all;
}

TEST(EveryInferenceScheme, TrainsOrNamesTheKeysThatForbidIt) {
  std::set<std::string_view> trained;
  for (const Config& config : every_config()) {
    SCOPED_TRACE(std::string(config.inference.type()) + ", " + std::string(config.model.posterior.type()) +
                 ", " + std::string(config.model.prior.type()) + ", " + std::string(config.objective.type()));
    auto complaint = check(config.model);
    if (!complaint) complaint = check(config);
    if (complaint) {
      EXPECT_FALSE(keys_in("model." + *complaint).empty()) << *complaint;
      continue;
    }
    Trainer trainer = make_trainer(config);
    for (int64_t i = 0; i < 2; ++i) trainer.step(batch(i));
    EXPECT_TRUE(std::isfinite(trainer.sums().of_epoch().objective));
    EXPECT_EQ(trainer.sums().of_epoch().skipped, 0);
    const Tensor mean = trainer.inference().infer(trainer.model(), batch(0), 1)->mean();
    EXPECT_TRUE(test::is_finite(mean));
    trained.insert(config.inference.type());
  }
  EXPECT_EQ(trained.size(), 4u) << "each scheme goes with some model";
}

TEST(EveryInferenceScheme, GoesOnFromACheckpointAsIfNothingHadHappened) {
  int compared = 0;
  for (const Config& config : every_config()) {
    if (check(config.model) || check(config)) continue;
    Trainer straight = make_trainer(config), interrupted = make_trainer(config),
            resumed = make_trainer(config);
    for (int64_t i = 0; i < 3; ++i) straight.step(batch(i));
    interrupted.step(batch(0));
    Checkpoint checkpoint = {.config = config, .tensors = interrupted.tensors()};
    checkpoint.state.step = 1;
    resumed.restore(checkpoint);
    for (int64_t i = 1; i < 3; ++i) resumed.step(batch(i));
    const auto expected = straight.tensors();
    for (const auto& [name, tensor] : resumed.tensors()) {
      EXPECT_TRUE(torch::equal(tensor, expected.at(name))) << config.inference.type() << " " << name;
      ++compared;
    }
  }
  EXPECT_GT(compared, 100);
}

// Two gradient steps of theta for each E-step are two updates of the optimizer.
TEST(EveryInferenceScheme, TakesTheStepsOfThetaThatItAsksFor) {
  Config config;
  config.model = test::tiny_config(MlpConfig{.hidden = {5}}, BernoulliConfig{});
  config.model.encoder = std::nullopt;
  config.inference = EmConfig{.m_step = GradientMStepConfig{.steps = 3}};
  Trainer trainer = make_trainer(config);
  trainer.step(batch(0));
  EXPECT_EQ(trainer.tensors().at("optimizer.updates").item<double>(), 3);
  EXPECT_EQ(trainer.steps(), 1);
}

}  // namespace
}  // namespace vae
