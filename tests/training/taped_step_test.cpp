#include "training/taped_step.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "core/error.h"
#include "kernels/product.h"
#include "support/models.h"
#include "support/objectives.h"
#include "training/trainer.h"

namespace vae {
namespace {

constexpr int64_t kPictures = 12;
constexpr int64_t kSteps = 7;

/// Pictures that differ from step to step; the fifth batch is a smaller one.
Batch batch_of(int64_t step, torch::ScalarType type = torch::kFloat) {
  Random random(1, "batches", static_cast<uint64_t>(step));
  const int64_t count = step == 4 ? kPictures - 3 : kPictures;
  return {.x = bernoulli(random, torch::full({count, 1, 6, 5}, 0.4F)).to(type),
          .labels = torch::arange(count, torch::kLong) % 2,
          .population = 100};
}

/// The same, its labels spaced as at no other step: nothing that was noted fits.
Batch spaced(Batch batch, int64_t step) {
  const Tensor wide = torch::zeros({batch.size(), step + 1}, torch::kLong);
  wide.select(1, 0).copy_(batch.labels);
  batch.labels = wide.select(1, 0);
  return batch;
}

Trainer make_trainer(const Config& config) {
  return Trainer(config, {.shape = test::kTinyPicture, .classes = 2, .count = kPictures}, torch::kCPU,
                 kSteps);
}

struct Outcome {
  bool replays = false;
  std::string obstacle;
};

/// Trains twice, once so that nothing can be done again, and expects the same bits.
Outcome expect_same_with_and_without(const Config& config, const std::string& name) {
  Trainer taped = make_trainer(config), plain = make_trainer(config);
  for (int64_t step = 0; step < kSteps; ++step) {
    const Batch batch = batch_of(step, weight_type(config.precision));
    taped.step(batch);
    plain.step(spaced(batch, step));
  }
  EXPECT_FALSE(plain.taped().replays()) << name;
  const auto ours = taped.tensors(), theirs = plain.tensors();
  for (const auto& [key, tensor] : ours) {
    EXPECT_TRUE(torch::equal(tensor, theirs.at(key))) << name << ": " << key;
  }
  return {taped.taped().replays(), taped.taped().obstacle()};
}

Config tiny_run() {
  Config config;
  config.model = test::tiny_config();
  config.training.optimizer = AdamConfig{.learning_rate = 0.01};
  return config;
}

TEST(TapedStep, ReplaysAnMlpToTheSameBits) {
  Config config = tiny_run();
  EXPECT_TRUE(expect_same_with_and_without(config, "mlp").replays);
  config.precision = Precision::bfloat16;
  EXPECT_EQ(expect_same_with_and_without(config, "bfloat16").replays, multiplies_bfloat16());
  config = tiny_run();
  config.model.condition.emplace();
  EXPECT_TRUE(expect_same_with_and_without(config, "classes").replays);
}

TEST(TapedStep, ReplaysOrComputesEveryObjectiveToTheSameBits) {
  int64_t replayed = 0;
  for (const ObjectiveConfig& objective : test::every_objective()) {
    Config config = tiny_run();
    config.objective = objective;
    replayed += expect_same_with_and_without(config, std::string(objective.type())).replays ? 1 : 0;
  }
  EXPECT_GE(replayed, 5);  // of elbo, iwae, renyi, ciwae and miwae at least one each
}

// Of which, as the logits grow, fewer and fewer count, other ones at each step.
TEST(TapedStep, ReplaysManySamplesToTheSameBits) {
  Config config = tiny_run();
  config.training.optimizer = AdamConfig{.learning_rate = 0.5};
  config.objective = IwaeConfig{.importance_samples = 50};
  EXPECT_TRUE(expect_same_with_and_without(config, "iwae").replays);
}

TEST(TapedStep, ReplaysOrComputesEveryModelToTheSameBits) {
  const auto run = [](const std::string& name, const auto& change) {
    Config config = tiny_run();
    change(config.model);
    try {
      expect_same_with_and_without(config, name);
    } catch (const UsageError&) {  // it does not go with the rest of the model
    }
  };
  test::for_each_example<LikelihoodConfig>([&](const LikelihoodConfig& likelihood) {
    run(std::string(likelihood.type()), [&](ModelConfig& model) { model.likelihood = likelihood; });
  });
  test::for_each_example<PosteriorConfig>([&](const PosteriorConfig& posterior) {
    run(std::string(posterior.type()), [&](ModelConfig& model) { model.posterior = posterior; });
  });
  test::for_each_example<PriorConfig>([&](const PriorConfig& prior) {
    run(std::string(prior.type()), [&](ModelConfig& model) { model.prior = prior; });
  });
  test::for_each_example<NetworkConfig>([&](const NetworkConfig& network) {
    run(std::string(network.type()), [&](ModelConfig& model) { model.encoder = model.decoder = network; });
  });
}

TEST(TapedStep, ComputesInFloat64) {
  Config config = tiny_run();
  config.precision = Precision::float64;
  EXPECT_FALSE(expect_same_with_and_without(config, "float64").replays);
}

TEST(TapedStep, BeginsAnewWithALargerBatch) {
  Trainer trainer = make_trainer(tiny_run());
  const auto step = [&](int64_t at) { trainer.step(batch_of(at)); };
  for (int i = 0; i < 5; ++i) step(4);
  EXPECT_TRUE(trainer.taped().replays());
  step(0);
  EXPECT_FALSE(trainer.taped().replays());
  for (int64_t at = 1; at < 4; ++at) step(at);
  EXPECT_TRUE(trainer.taped().replays());
}

TEST(TapedStep, ReplaysWhileTheKlWarmsUp) {
  Config config = tiny_run();
  for (const int64_t steps : {int64_t{2}, kSteps - 1, kSteps + 1}) {
    config.objective = ElboConfig{.beta = 3, .beta_warmup_steps = steps};
    EXPECT_TRUE(expect_same_with_and_without(config, "closed form").replays);
    config.objective = ElboConfig{.kl = KlEstimate::sampled, .beta = 3, .beta_warmup_steps = steps};
    EXPECT_TRUE(expect_same_with_and_without(config, "sampled").replays);
  }
}

struct OneWeight : torch::nn::Module {
  OneWeight() { weight = register_parameter("weight", torch::full({3}, 2.0F)); }
  Tensor weight;
};

TEST(TapedStep, FindsThatAStepIsNotAFunctionOfWhatItIsGiven) {
  OneWeight module;
  FlatParameters parameters(module.named_parameters());
  TapedStep taped(parameters, Random(1, "test"));
  double hidden = 1;
  const auto forward = [&](const Batch& batch, Random&, const Tensor&) {
    const Tensor loss = (++hidden * module.weight * batch.x).sum();
    return Terms{.surrogate = loss, .objective = loss, .reconstruction = loss, .kl = loss};
  };
  Profile profile;
  for (uint64_t step = 0; step < 5; ++step) {
    const Batch batch = {.x = torch::full({3}, static_cast<float>(step))};
    const Terms terms = taped.run(batch, {.step = step}, forward, profile);
    EXPECT_EQ(terms.objective.item<double>(), hidden * 2 * 3 * static_cast<double>(step));
    EXPECT_FLOAT_EQ(parameters.find_gradients().item<float>(),
                    std::sqrt(3.0F) * static_cast<float>(hidden) * static_cast<float>(step));
  }
  EXPECT_EQ(taped.obstacle(), "it does not come to the same numbers");
}

TEST(TapedStep, LeavesGradientsWhereTheyWereComputed) {
  Trainer trainer = make_trainer(tiny_run());
  for (int64_t step = 0; step < 4; ++step) trainer.step(batch_of(step));
  ASSERT_TRUE(trainer.taped().replays());
  trainer.step(batch_of(5));
  const auto parameters = trainer.model().parameters();
  const void* before = parameters[0].grad().const_data_ptr();
  trainer.step(batch_of(6));
  EXPECT_EQ(parameters[0].grad().const_data_ptr(), before);
}

}  // namespace
}  // namespace vae
