#include "training/graphed_step.h"

#include <c10/util/Exception.h>
#include <gtest/gtest.h>
#include <torch/cuda.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "support/models.h"
#include "support/numbered_pictures.h"
#include "support/observations.h"
#include "support/tape_recorder.h"
#include "training/trainer.h"

namespace vae {
namespace {

constexpr int64_t kPictures = 12;
constexpr int64_t kSteps = 16;
constexpr int64_t kShort = 6;      // the step of a shorter batch
constexpr int64_t kGoesBack = 10;  // to the state of kKept, at half the rate
constexpr int64_t kKept = 8;

/// Binarized pictures with labels, other ones at each step.
Batch batch_of(int64_t step, torch::TensorOptions options = torch::kDouble) {
  Random random(1, "batches", static_cast<uint64_t>(step));
  const int64_t count = step == kShort ? kPictures - 3 : kPictures;
  return {.x = bernoulli(random, torch::full({count, 1, 6, 5}, 0.4)).to(options),
          .labels = (torch::arange(count, torch::kLong) % 2).to(options.device()),
          .population = 100};
}

/// Everything that differs from step to step.
Config tiny_run() {
  Config config;
  config.model = test::tiny_config();
  config.model.condition.emplace();
  config.precision = Precision::float64;
  config.training.batch_size = kPictures;
  config.training.optimizer = AdamConfig{.learning_rate = 0.01};
  config.training.schedule = CosineSchedule{.warmup_steps = 10};
  config.training.clip_norm = 1;
  config.training.ema = 0.9;
  return config;
}

Trainer make_trainer(const Config& config, torch::Device device = torch::kCPU) {
  return Trainer(config, {.shape = test::kTinyPicture, .classes = 2, .count = 100}, device, kSteps);
}

std::vector<Tensor> state_of(const Trainer& trainer) {
  std::vector<Tensor> state;
  for (const auto& [name, tensor] : trainer.tensors()) state.push_back(tensor);
  return state;
}

void record_by_tape(Trainer& trainer) {
  trainer.record_by(std::make_unique<test::TapeRecorder>(state_of(trainer)));
}

Checkpoint checkpoint_of(const Trainer& trainer) {
  Checkpoint checkpoint;
  checkpoint.state.step = trainer.steps();
  for (const auto& [name, tensor] : trainer.tensors()) checkpoint.tensors.emplace(name, tensor.clone());
  return checkpoint;
}

/// The losses of all steps.
std::vector<Tensor> train(Trainer& trainer, torch::TensorOptions options = torch::kDouble) {
  std::vector<Tensor> losses;
  Checkpoint kept;
  for (int64_t step = 0; step < kSteps; ++step) {
    if (step == kKept) kept = checkpoint_of(trainer);
    if (step == kGoesBack) {
      trainer.restore(kept);
      trainer.slow_down(0.5);
    }
    trainer.step(batch_of(step, options));
    losses.push_back(trainer.sums().last_loss());
  }
  return losses;
}

void expect_same_bits(const Config& config, const std::string& name) {
  Trainer graphed = make_trainer(config), plain = make_trainer(config);
  record_by_tape(graphed);
  ASSERT_TRUE(graphed.graphed()) << name;
  const std::vector<Tensor> losses = train(graphed), expected = train(plain);
  EXPECT_TRUE(graphed.graphed()->replays()) << name << ": " << graphed.graphed()->obstacle();
  EXPECT_TRUE(torch::equal(torch::stack(losses), torch::stack(expected))) << name;
  const auto ours = graphed.tensors(), theirs = plain.tensors();
  for (const auto& [key, tensor] : ours) {
    EXPECT_TRUE(torch::equal(tensor, theirs.at(key))) << name << ": " << key;
  }
}

TEST(GraphedStep, ComesToTheBitsOfPlainStepsWithEveryOptimizer) {
  Config config = tiny_run();
  expect_same_bits(config, "adam");
  config.training.optimizer = AdamWConfig{.learning_rate = 0.01};
  expect_same_bits(config, "adamw");
  config.training.optimizer = SgdConfig{.learning_rate = 0.01};
  expect_same_bits(config, "sgd");
  config.training.optimizer = SgdConfig{.learning_rate = 0.01, .momentum = 0.9};
  expect_same_bits(config, "momentum");
}

TEST(GraphedStep, ComesToTheBitsOfPlainStepsOfOtherModels) {
  Config config = tiny_run();
  config.objective = IwaeConfig{.importance_samples = 3};
  expect_same_bits(config, "iwae");
  config = tiny_run();
  config.model.likelihood = GaussianConfig{.variance = OptimalVarianceConfig{}};
  expect_same_bits(config, "buffers");
  config.model.likelihood =
      GaussianConfig{.variance = LearnedVarianceConfig{.constraint = Constraint::projected, .floor = 0.99}};
  expect_same_bits(config, "projection");
}

TEST(GraphedStep, IsOfFullBatchesAlsoWhereAShorterOneComesFirst) {
  Trainer trainer = make_trainer(tiny_run());
  record_by_tape(trainer);
  trainer.step(batch_of(kShort));
  for (int64_t step = 0; step < GraphedStep::kTrials; ++step) trainer.step(batch_of(step));
  EXPECT_TRUE(trainer.graphed()->replays());
}

TEST(GraphedStep, CountsAStepThatIsSkipped) {
  Trainer trainer = make_trainer(tiny_run());
  record_by_tape(trainer);
  for (int64_t step = 0; step < kShort; ++step) trainer.step(batch_of(step));
  ASSERT_TRUE(trainer.graphed()->replays());
  const Tensor before = trainer.weights().clone();
  Batch broken = batch_of(0);
  broken.x.fill_(std::numeric_limits<double>::quiet_NaN());
  trainer.step(broken);
  EXPECT_TRUE(torch::equal(trainer.weights(), before));
  EXPECT_EQ(trainer.sums().of_epoch().skipped, 1);
  EXPECT_TRUE(std::isnan(trainer.sums().last_loss().item<double>()));
}

TEST(GraphedStep, ComesToTheBitsOfPlainStepsWhileTheKlWarmsUp) {
  Config config = tiny_run();
  for (const int64_t steps : {int64_t{3}, kGoesBack + 2, kSteps + 1}) {
    config.objective = ElboConfig{.beta = 3, .beta_warmup_steps = steps};
    expect_same_bits(config, "closed form");
    config.objective = ElboConfig{.beta = 3, .beta_warmup_steps = steps, .free_bits = 0.1};
    expect_same_bits(config, "free bits");
    config.objective = ElboConfig{.kl = KlEstimate::sampled, .beta = 3, .beta_warmup_steps = steps};
    expect_same_bits(config, "sampled");
  }
}

/// Steps on batches that are planned, with shorter ones between them, against plain steps on the same.
void expect_same_bits_of_batches(Residence residence, const ObservationConfig& observation, bool flips) {
  constexpr int64_t kCount = 2 * kPictures + 5;
  const auto dataset = test::numbered_pictures(kCount, test::kTinyPicture);
  const Pictures there(dataset, observation, {.type = torch::kDouble, .residence = residence});
  const Pictures stored(dataset, observation, {.type = torch::kDouble});
  const TrainingBatches::Options options{.batch_size = kPictures, .horizontal_flip = flips};
  TrainingBatches planned(there, options, 1), made(stored, options, 1);
  ASSERT_EQ(planned.can_be_made_in_place(), residence == Residence::device);
  const TrainingPictures pictures = {.shape = test::kTinyPicture, .classes = kCount, .count = kCount};
  Trainer graphed(tiny_run(), pictures, torch::kCPU, kSteps),
      plain(tiny_run(), pictures, torch::kCPU, kSteps);
  record_by_tape(graphed);
  for (int64_t step = 0; step < kSteps; ++step) {
    const int64_t epoch = step / planned.per_epoch(), position = step % planned.per_epoch();
    graphed.step(planned, planned.plan(epoch, position));
    plain.step(made.get(epoch, position));
  }
  EXPECT_TRUE(graphed.graphed()->replays()) << graphed.graphed()->obstacle();
  EXPECT_TRUE(torch::equal(graphed.weights(), plain.weights())) << observation.type() << ", flips: " << flips;
}

TEST(GraphedStep, ComesToTheBitsOfPlainStepsOnBatchesThatItMakes) {
  for (const ObservationConfig& observation : test::every_observation()) {
    for (const bool flips : {false, true}) expect_same_bits_of_batches(Residence::device, observation, flips);
  }
}

TEST(GraphedStep, ComesToTheBitsOfPlainStepsOnBatchesThatAreBrought) {
  expect_same_bits_of_batches(Residence::storage, Binarize{}, /*flips=*/true);
}

TEST(GraphedStep, DoesNotMakeTheBatchBesideIt) {
  const Pictures pictures(test::numbered_pictures(kPictures, test::kTinyPicture), Binarize{},
                          {.type = torch::kDouble, .residence = Residence::device});
  TrainingBatches batches(pictures, {.batch_size = kPictures}, 1);
  const auto weights_after = [&](const OtherRows& others) {
    Trainer trainer(tiny_run(), {.shape = test::kTinyPicture, .classes = kPictures, .count = kPictures},
                    torch::kCPU, kSteps);
    record_by_tape(trainer);
    for (int64_t epoch = 0; epoch <= GraphedStep::kTrials; ++epoch) {
      TrainingBatches::Plan plan = batches.plan(epoch, 0);
      if (epoch == GraphedStep::kTrials) plan.rows.others = others;
      trainer.step(batches, plan);
    }
    EXPECT_TRUE(trainer.graphed()->replays());
    return trainer.weights().clone();
  };
  // A batch of a process among others has noise of its own, but a recorded step knows no others.
  EXPECT_TRUE(torch::equal(weights_after({.before = 7}), weights_after({})));
}

TEST(GraphedStep, IsNotForWhatMayDifferFromStepToStep) {
  Config config = tiny_run();
  config.objective = ElboConfig{.estimator = ReinforceConfig{}};
  Trainer trainer = make_trainer(config);
  record_by_tape(trainer);
  EXPECT_FALSE(trainer.graphed());
}

TEST(GraphedStep, LeavesStepsToTheProfile) {
  Config config = tiny_run();
  config.training.profile = true;
  Trainer trainer = make_trainer(config);
  record_by_tape(trainer);
  train(trainer);
  EXPECT_FALSE(trainer.graphed()->replays());
}

/// Runs what it was given, which has what the host said at first; or refuses it.
class Repeater : public Recorder {
 public:
  explicit Repeater(const char* refuses = nullptr) : refuses_(refuses) {}
  void warm_up(const std::function<void()>& work) override { work(); }
  void record(const std::function<void()>& work) override {
    TORCH_CHECK(!refuses_, refuses_);
    work_ = work;
  }
  void replay() override { work_(); }

 private:
  const char* refuses_;
  std::function<void()> work_;
};

/// weight += rate * the sum of the pictures, `steps` times; what a recorded step does of itself comes from
/// the host.
struct Sums {
  Tensor weight = torch::zeros({2});
  GraphedStep graphed;

  explicit Sums(const char* refuses = nullptr)
      : graphed(std::make_unique<Repeater>(refuses), Random(1, "test"), kPictures, {weight}) {}

  void run(int64_t steps, const std::function<double(int64_t)>& of_host) {
    for (int64_t step = 0; step < steps; ++step) {
      const Tensor x = torch::full({kPictures}, static_cast<float>(step + 1));
      const GraphedStep::Numbers numbers = {.index = step, .learning_rate = 0.5};
      const double factor = of_host(step);
      graphed.run(
          {x}, numbers,
          [this, factor](const StepInputs& inputs) {
            weight.add_((factor * inputs.learning_rate * inputs.of_batch[0].sum()).to(torch::kFloat));
          },
          [&] { weight.add_(0.5 * x.sum()); });
      if (!graphed.obstacle().empty()) return;
    }
  }
};

// A step adds half of twelve times its number: steps 1 to n come to 3 n (n + 1).
constexpr float sum_of_first(int64_t steps) { return static_cast<float>(3 * steps * (steps + 1)); }

TEST(GraphedStep, IsTriedOutAtTheFirstSteps) {
  Sums sums;
  sums.run(GraphedStep::kTrials - 1, [](int64_t) { return 1; });
  EXPECT_FALSE(sums.graphed.replays());
  Sums more;
  more.run(GraphedStep::kTrials, [](int64_t) { return 1; });
  EXPECT_TRUE(more.graphed.replays());
  EXPECT_EQ(more.weight[0].item<float>(), sum_of_first(GraphedStep::kTrials));
}

TEST(GraphedStep, IsGivenUpWhereItDoesNotComeToTheSameNumbers) {
  Sums sums;
  sums.run(10, [](int64_t step) { return step == StepGraph::kWarmUps ? 1.2 : 1.0; });
  EXPECT_EQ(sums.graphed.obstacle(), "it does not come to the same numbers");
  // The steps up to the one that was found to differ, as they are.
  EXPECT_EQ(sums.weight[0].item<float>(), sum_of_first(StepGraph::kWarmUps + 1));
}

TEST(GraphedStep, IsGivenUpWhereItCannotBeRecorded) {
  Sums sums("a copy from the host");
  sums.run(10, [](int64_t) { return 1; });
  EXPECT_EQ(sums.graphed.obstacle(), "a copy from the host");
  EXPECT_EQ(sums.weight[0].item<float>(), sum_of_first(StepGraph::kWarmUps + 1));
}

/// Finds no memory at the third replay.
class TooLarge : public test::TapeRecorder {
 public:
  using test::TapeRecorder::TapeRecorder;
  void replay() override {
    TORCH_CHECK_WITH(OutOfMemoryError, ++replays_ < 3, "no memory");
    test::TapeRecorder::replay();
  }

 private:
  int replays_ = 0;
};

TEST(GraphedStep, LeavesItsMemoryToAStepThatLacksIt) {
  Trainer graphed = make_trainer(tiny_run()), plain = make_trainer(tiny_run());
  graphed.record_by(std::make_unique<TooLarge>(state_of(graphed)));
  EXPECT_TRUE(torch::equal(torch::stack(train(graphed)), torch::stack(train(plain))));
  EXPECT_EQ(graphed.graphed()->obstacle(), "there is not enough memory for it");
  EXPECT_TRUE(torch::equal(graphed.weights(), plain.weights()));
}

TEST(GraphedStep, AgreesWithPlainStepsOnACard) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "there is no card";
  if (!make_recorder(torch::kCUDA)) GTEST_SKIP() << "configured without VAE_CUDA";
  Config config = tiny_run();
  config.precision = Precision::float32;
  Trainer graphed = make_trainer(config, torch::kCUDA);
  config.training.profile = true;  // which has steps run as they are
  Trainer plain = make_trainer(config, torch::kCUDA);
  const auto options = torch::TensorOptions(torch::kCUDA).dtype(torch::kFloat);
  const std::vector<Tensor> losses = train(graphed, options), expected = train(plain, options);
  EXPECT_TRUE(graphed.graphed()->replays()) << graphed.graphed()->obstacle();
  // Losses of some 20 nats in float32, after steps whose sums may be taken in another order.
  EXPECT_TRUE(torch::allclose(torch::stack(losses), torch::stack(expected), /*rtol=*/1e-4));
}

TEST(GraphedStep, AgreesWithPlainStepsOnACardOnBatchesThatItMakes) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "there is no card";
  if (!make_recorder(torch::kCUDA)) GTEST_SKIP() << "configured without VAE_CUDA";
  const Pictures there(test::numbered_pictures(3 * kPictures, test::kTinyPicture), Binarize{},
                       {.device = torch::kCUDA});
  const TrainingBatches::Options options{.batch_size = kPictures, .horizontal_flip = true};
  const TrainingPictures pictures = {
      .shape = test::kTinyPicture, .classes = 3 * kPictures, .count = 3 * kPictures};
  Config config = tiny_run();
  config.precision = Precision::float32;
  config.objective = ElboConfig{.beta_warmup_steps = kSteps};
  TrainingBatches planned(there, options, 1), made(there, options, 1);
  Trainer graphed(config, pictures, torch::kCUDA, kSteps);
  config.training.profile = true;  // which has steps run as they are
  Trainer plain(config, pictures, torch::kCUDA, kSteps);
  for (int64_t step = 0; step < kSteps; ++step) {
    graphed.step(planned, planned.plan(step / 3, step % 3));
    plain.step(made.get(step / 3, step % 3));
    // As above.
    EXPECT_TRUE(torch::allclose(graphed.sums().last_loss(), plain.sums().last_loss(), /*rtol=*/1e-4)) << step;
  }
  EXPECT_TRUE(graphed.graphed()->replays()) << graphed.graphed()->obstacle();
}

}  // namespace
}  // namespace vae
