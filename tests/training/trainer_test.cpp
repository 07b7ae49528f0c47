#include "training/trainer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "support/models.h"
#include "support/tensors.h"
#include "support/throws.h"

namespace vae {
namespace {

constexpr int64_t kPictures = 16;
constexpr int64_t kTotalSteps = 100;

Config tiny_run() {
  Config config;
  config.model = test::tiny_config();
  config.training.optimizer = SgdConfig{.learning_rate = 0.01};
  return config;
}

Trainer make_trainer(const Config& config) {
  return Trainer(config, {.shape = test::kTinyPicture}, torch::kCPU, kTotalSteps);
}

Batch batch(torch::ScalarType type = torch::kFloat) {
  return {.x = test::binary_pictures(kPictures).to(type), .labels = torch::zeros({kPictures}, torch::kLong)};
}

Batch broken_batch() {
  Batch result = batch();
  result.x = torch::full_like(result.x, std::numeric_limits<float>::quiet_NaN());
  return result;
}

std::map<std::string, Tensor> copies(const std::map<std::string, Tensor>& tensors) {
  std::map<std::string, Tensor> result;
  for (const auto& [name, tensor] : tensors) result.emplace(name, tensor.clone());
  return result;
}

void expect_equal(const std::map<std::string, Tensor>& a, const std::map<std::string, Tensor>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, tensor] : a) EXPECT_TRUE(torch::equal(tensor, b.at(name))) << name;
}

Tensor weights(Trainer& trainer) {
  std::vector<Tensor> all;
  for (const Tensor& parameter : trainer.model().parameters()) all.push_back(parameter.detach().flatten());
  return torch::cat(all);
}

TEST(Trainer, RaisesTheObjective) {
  Config config = tiny_run();
  config.training.optimizer = AdamConfig{.learning_rate = 0.01};
  Trainer trainer = make_trainer(config);
  trainer.step(batch());
  const double before = trainer.sums().of_epoch().objective;
  for (int i = 0; i < 100; ++i) trainer.step(batch());
  trainer.sums().begin_epoch();
  trainer.step(batch());
  // 30 binary pixels begin near 30 log 2 = 21 nats; the frequency of ones alone gives the first of them.
  EXPECT_GT(trainer.sums().of_epoch().objective, before + 0.5);
}

TEST(Trainer, DoesTheSameForTheSameSeedAndOtherwiseNot) {
  Config config = tiny_run();
  Trainer first = make_trainer(config), second = make_trainer(config);
  config.seed = 1;
  Trainer other = make_trainer(config);
  for (Trainer* trainer : {&first, &second, &other}) trainer->step(batch());
  expect_equal(first.tensors(), second.tensors());
  EXPECT_FALSE(torch::equal(weights(first), weights(other)));
}

TEST(Trainer, DrawsFromNoStreamButItsOwn) {
  const Tensor before = test::default_generator_state();
  Trainer trainer = make_trainer(tiny_run());
  trainer.step(batch());
  EXPECT_TRUE(torch::equal(test::default_generator_state(), before));
}

TEST(Trainer, DrawsOtherNoiseAtEachStep) {
  Config config = tiny_run();
  config.training.optimizer = SgdConfig{.learning_rate = 1e-30};  // the weights stay
  Trainer trainer = make_trainer(config);
  trainer.step(batch());
  const double first = trainer.sums().of_epoch().reconstruction;
  trainer.sums().begin_epoch();
  trainer.step(batch());
  EXPECT_NE(trainer.sums().of_epoch().reconstruction, first);
}

// With plain gradient descent at a rate of 1 the step is the gradient.
double length_of_first_step(std::optional<double> clip_norm) {
  Config config = tiny_run();
  config.training.optimizer = SgdConfig{.learning_rate = 1};
  config.training.clip_norm = clip_norm;
  Trainer trainer = make_trainer(config);
  const Tensor before = weights(trainer);
  trainer.step(batch());
  return (weights(trainer) - before).norm().item<double>();
}

TEST(Trainer, ClipsGradientsByTheirNorm) {
  const double norm = length_of_first_step({});
  EXPECT_GT(norm, 1e-3);
  // Weights of order 1 are stored with 24 bits: a step of 0.1 is good to 1e-6 of itself.
  EXPECT_NEAR(length_of_first_step(norm / 10), norm / 10, 1e-5 * norm);
  EXPECT_NEAR(length_of_first_step(10 * norm), norm, 1e-5 * norm);
}

TEST(Trainer, ReportsTheNormBeforeClipping) {
  Config config = tiny_run();
  config.training.clip_norm = 1e-3;
  Trainer trainer = make_trainer(config);
  trainer.step(batch());
  EXPECT_NEAR(trainer.sums().of_epoch().gradient_norm, length_of_first_step({}), 1e-4);
}

TEST(Trainer, SkipsAStepWhoseGradientIsNotFinite) {
  for (const std::optional<double> clip_norm : {std::optional<double>(), std::optional(1.0)}) {
    Config config = tiny_run();
    config.training.optimizer = AdamConfig{};
    config.training.clip_norm = clip_norm;
    Trainer trainer = make_trainer(config);
    trainer.step(batch());
    auto before = copies(trainer.tensors());
    trainer.step(broken_batch());
    auto after = trainer.tensors();
    before.erase("training.sums");
    after.erase("training.sums");
    expect_equal(after, before);
    EXPECT_EQ(trainer.sums().of_epoch().skipped, 1);
    EXPECT_EQ(trainer.steps(), 2);
    EXPECT_TRUE(std::isfinite(trainer.sums().of_epoch().objective));
  }
}

TEST(Trainer, GoesOnBehindASkippedStep) {
  Trainer trainer = make_trainer(tiny_run());
  trainer.step(broken_batch());
  const Tensor before = weights(trainer);
  trainer.step(batch());
  EXPECT_TRUE(test::is_finite(weights(trainer)));
  EXPECT_FALSE(torch::equal(weights(trainer), before));
}

TEST(Trainer, FollowsTheSchedule) {
  Config config = tiny_run();
  config.training.schedule = WarmupSchedule{.steps = 4};
  Trainer trainer = make_trainer(config);
  EXPECT_DOUBLE_EQ(trainer.learning_rate(), 0.01 / 4);
  trainer.step(batch());
  EXPECT_DOUBLE_EQ(trainer.learning_rate(), 0.01 / 2);
}

TEST(Trainer, TakesTheStepAtTheScheduledRate) {
  const auto length = [](const ScheduleConfig& schedule) {
    Config config = tiny_run();
    config.training.optimizer = SgdConfig{.learning_rate = 1};
    config.training.schedule = schedule;
    Trainer trainer = make_trainer(config);
    const Tensor before = weights(trainer);
    trainer.step(batch());
    return (weights(trainer) - before).norm().item<double>();
  };
  const double whole = length(ConstantSchedule{});
  EXPECT_NEAR(length(WarmupSchedule{.steps = 2}), whole / 2, 1e-5 * whole);
}

TEST(Trainer, AveragesTheWeightsAndPutsThemBack) {
  Config config = tiny_run();
  config.training.ema = 0.5;
  Trainer trainer = make_trainer(config);
  Tensor average = weights(trainer).clone();
  for (int step = 0; step < 3; ++step) {
    trainer.step(batch());
    const double decay = (1.0 + step) / (10.0 + step);
    average = decay * average + (1 - decay) * weights(trainer);
  }
  const Tensor own = weights(trainer).clone();
  {
    const SwappedValues swapped = trainer.averaged_weights();
    EXPECT_LT(test::distance(weights(trainer), average), 1e-6);  // rounding of weights of order 1
    EXPECT_FALSE(torch::equal(weights(trainer), own));
  }
  EXPECT_TRUE(torch::equal(weights(trainer), own));
}

TEST(Trainer, HasItsOwnWeightsAsAverageWhereNoneIsKept) {
  Trainer trainer = make_trainer(tiny_run());
  trainer.step(batch());
  const Tensor own = weights(trainer).clone();
  const SwappedValues swapped = trainer.averaged_weights();
  EXPECT_TRUE(torch::equal(weights(trainer), own));
}

TEST(Trainer, ComputesInBfloat16WithWeightsInFloat32) {
  Config config = tiny_run();
  Trainer exact = make_trainer(config);
  config.precision = Precision::bfloat16;
  Trainer reduced = make_trainer(config);
  exact.step(batch());
  reduced.step(batch());

  for (const auto& parameter : reduced.model().named_parameters()) {
    EXPECT_EQ(parameter.value().scalar_type(), torch::kFloat) << parameter.key();
    EXPECT_EQ(parameter.value().grad().scalar_type(), torch::kFloat) << parameter.key();
  }
  const StepAverages terms = reduced.sums().of_epoch();
  EXPECT_EQ(terms.skipped, 0);
  EXPECT_NE(terms.objective, exact.sums().of_epoch().objective);
  // bfloat16 has 8 bits: logits of order 1 are off by 2^-9, 30 of them by less than 0.2.
  EXPECT_NEAR(terms.objective, exact.sums().of_epoch().objective, 0.2);
  EXPECT_LT(test::distance(weights(reduced), weights(exact)), 0.01);
}

TEST(Trainer, ComputesInFloat64) {
  Config config = tiny_run();
  Trainer exact = make_trainer(config);
  config.precision = Precision::float64;
  Trainer wide = make_trainer(config);
  exact.step(batch());
  wide.step(batch(torch::kDouble));
  for (const auto& [name, tensor] : wide.tensors()) {
    if (name != "optimizer.updates") {
      EXPECT_EQ(tensor.scalar_type(), torch::kDouble) << name;
    }
  }
  // Rounding of float32 in about a hundred sums of order 10.
  EXPECT_NEAR(wide.sums().of_epoch().objective, exact.sums().of_epoch().objective, 1e-4);
}

Config with_everything() {
  Config config = tiny_run();
  config.training.optimizer = AdamConfig{};
  config.training.ema = 0.9;
  return config;
}

TEST(Trainer, NamesItsTensorsAfterTheParameters) {
  Trainer trainer = make_trainer(with_everything());
  const auto tensors = trainer.tensors();
  for (const auto& parameter : trainer.model().named_parameters()) {
    for (const std::string& name :
         {parameter.key(), "ema." + parameter.key(), "optimizer." + parameter.key() + ".exp_avg",
          "optimizer." + parameter.key() + ".exp_avg_sq"}) {
      ASSERT_TRUE(tensors.contains(name)) << name;
      EXPECT_EQ(tensors.at(name).sizes(), parameter.value().sizes()) << name;
    }
  }
  EXPECT_TRUE(tensors.contains("optimizer.updates"));
  EXPECT_TRUE(tensors.contains("training.sums"));
  EXPECT_EQ(tensors.size(), 4 * trainer.model().parameters().size() + 2);
}

Checkpoint checkpoint_of(const Trainer& trainer) {
  TrainingState state;
  state.step = trainer.steps();
  return {.config = with_everything(),
          .state = state,
          .pictures = {},
          .tensors = copies(trainer.tensors()),
          .path = "a.safetensors"};
}

TEST(Trainer, GoesOnFromACheckpointBitForBit) {
  Trainer first = make_trainer(with_everything());
  for (int i = 0; i < 3; ++i) first.step(batch());
  Trainer second = make_trainer(with_everything());
  second.restore(checkpoint_of(first));
  for (Trainer* trainer : {&first, &second}) trainer->step(batch());
  expect_equal(second.tensors(), first.tensors());
  EXPECT_EQ(second.steps(), 4);
}

TEST(Trainer, RefusesACheckpointThatDoesNotFit) {
  Trainer trainer = make_trainer(with_everything());
  const std::string name = "optimizer.decoder.mlp.output.bias.exp_avg";
  Checkpoint lacking = checkpoint_of(trainer);
  lacking.tensors.erase(name);
  EXPECT_TRUE(test::throws<CheckpointError>([&] { trainer.restore(lacking); }, {"a.safetensors", name}));
  Checkpoint other = checkpoint_of(trainer);
  other.tensors[name] = torch::zeros({3});
  EXPECT_TRUE(test::throws<CheckpointError>([&] { trainer.restore(other); }, {name, "[3]", "[30]"}));
}

// Black pictures and a mean of 0: the likelihood grows without end as the variance falls.
Batch black_batch() {
  Batch result = batch();
  result.x.zero_();
  return result;
}

TEST(Trainer, ProjectsFreeParametersOntoTheirSet) {
  constexpr double kFloor = 0.05;
  Config config = tiny_run();
  config.training.optimizer = AdamConfig{.learning_rate = 0.05};
  config.model.likelihood =
      GaussianConfig{.variance = LearnedVarianceConfig{.constraint = Constraint::projected, .floor = kFloor}};
  Trainer trainer = make_trainer(config);
  trainer.model().start_at_mean(torch::zeros({1, 6, 5}));
  const Tensor variance = trainer.model().named_parameters()["likelihood.variance.raw"];
  for (int i = 0; i < 20; ++i) {
    trainer.step(black_batch());
    EXPECT_GE(variance.item<float>(), static_cast<float>(kFloor));
  }
  EXPECT_EQ(variance.item<float>(), static_cast<float>(kFloor));
}

TEST(Trainer, KeepsBuffersInCheckpoints) {
  Config config = tiny_run();
  config.model.likelihood = GaussianConfig{.variance = OptimalVarianceConfig{}};
  Trainer trainer = make_trainer(config);
  for (int i = 0; i < 3; ++i) trainer.step(batch());
  const Tensor average = trainer.model().named_buffers()["likelihood.variance.average"];
  Checkpoint checkpoint;
  checkpoint.config = config;
  checkpoint.state.step = 3;
  checkpoint.pictures.height = 6;
  checkpoint.pictures.width = 5;
  checkpoint.tensors = copies(trainer.tensors());
  Trainer resumed = make_trainer(config);
  EXPECT_FALSE(torch::equal(resumed.model().named_buffers()["likelihood.variance.average"], average));
  resumed.restore(checkpoint);
  EXPECT_TRUE(torch::equal(resumed.model().named_buffers()["likelihood.variance.average"], average));
  const auto model = restore_model(checkpoint, torch::kCPU);
  EXPECT_TRUE(torch::equal(model->named_buffers()["likelihood.variance.average"], average));
  EXPECT_FALSE(model->is_training());
}

}  // namespace
}  // namespace vae
