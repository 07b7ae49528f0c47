// Trainers that share their batches take the steps of one that has them for itself.
#include <gtest/gtest.h>
#include <torch/nn/modules/linear.h>

#include <csignal>
#include <limits>
#include <map>
#include <vector>

#include "core/error.h"
#include "support/models.h"
#include "support/numbered_pictures.h"
#include "support/tensors.h"
#include "support/thread_group.h"
#include "support/throws.h"
#include "training/run_group.h"
#include "training/trainer.h"

namespace vae {
namespace {

constexpr int64_t kPictures = 10;
constexpr int64_t kBatch = 4;  // the third batch of an epoch has 2
constexpr int64_t kSteps = 6;

Config config_of(const ObjectiveConfig& objective = ElboConfig{}) {
  Config config;
  config.precision = Precision::float64;
  config.model = test::tiny_config();
  config.objective = objective;
  config.training.optimizer = AdamConfig{.learning_rate = 0.01};
  config.training.clip_norm = 1;
  config.training.ema = 0.9;
  return config;
}

/// Schemes that need no encoder, with a model that goes with all of them.
Config config_of(const InferenceConfig& inference) {
  Config config = config_of();
  config.model = test::tiny_config(MlpConfig{.hidden = {}}, GaussianConfig{});
  config.model.encoder = std::nullopt;
  config.model.posterior = FullGaussianConfig{};
  config.inference = inference;
  return config;
}

struct Outcome {
  Tensor weights;
  Tensor averaged;
  StepAverages sums;
};

Trainer make_trainer(const Config& config, const std::shared_ptr<const Group>& group) {
  return {config, {.shape = test::kTinyPicture, .count = kPictures}, torch::kCPU, /*total_steps=*/100, group};
}

/// A process's shares of the batches that its group trains on.
class SharedBatches {
 public:
  SharedBatches(const Config& config, const Group& group)
      : pictures_(test::numbered_pictures(kPictures, test::kTinyPicture), Binarize{},
                  {.type = weight_type(config.precision)}),
        batches_(pictures_, {.batch_size = kBatch, .share = {.index = group.rank(), .count = group.size()}},
                 config.seed) {}

  Batch at(int64_t step) { return batches_.get(step / batches_.per_epoch(), step % batches_.per_epoch()); }

 private:
  Pictures pictures_;
  TrainingBatches batches_;
};

/// After kSteps steps with this share of each batch; the picture `broken`, if there is one, has no number.
Outcome train(const Config& config, const std::shared_ptr<const Group>& group, int64_t broken = -1) {
  SharedBatches batches(config, *group);
  Trainer trainer = make_trainer(config, group);
  for (int64_t step = 0; step < kSteps; ++step) {
    Batch batch = batches.at(step);
    if (broken >= 0 && (batch.indices == broken).any().item<bool>()) {
      batch.x = torch::full_like(batch.x, std::numeric_limits<double>::quiet_NaN());
    }
    trainer.step(batch);
  }
  Outcome result = {.weights = trainer.weights().clone(), .averaged = {}, .sums = trainer.sums().of_epoch()};
  const SwappedValues averaged = trainer.averaged_weights();
  result.averaged = trainer.weights().clone();
  return result;
}

std::vector<Outcome> train_together(const Config& config, int64_t size, int64_t broken = -1) {
  std::vector<Outcome> outcomes(static_cast<size_t>(size));
  test::in_threads(size, [&](const std::shared_ptr<const Group>& group) {
    outcomes[static_cast<size_t>(group->rank())] = train(config, group, broken);
  });
  return outcomes;
}

void expect_near(const Outcome& outcome, const Outcome& expected, double tolerance) {
  EXPECT_TRUE(torch::allclose(outcome.weights, expected.weights, tolerance, tolerance));
  EXPECT_TRUE(torch::allclose(outcome.averaged, expected.averaged, tolerance, tolerance));
  EXPECT_NEAR(outcome.sums.objective, expected.sums.objective, tolerance);
  EXPECT_NEAR(outcome.sums.reconstruction, expected.sums.reconstruction, tolerance);
  EXPECT_NEAR(outcome.sums.kl, expected.sums.kl, tolerance);
  EXPECT_NEAR(outcome.sums.gradient_norm, expected.sums.gradient_norm, tolerance);
  EXPECT_EQ(outcome.sums.steps, expected.sums.steps);
  EXPECT_EQ(outcome.sums.skipped, expected.sums.skipped);
}

TEST(TrainersTogether, TakeTheStepsOfOne) {
  const Outcome expected = train(config_of(), alone());
  for (const int64_t size : {2, 3, 4}) {  // with 3 and 4 some have nothing of the short batches
    SCOPED_TRACE(size);
    const std::vector<Outcome> outcomes = train_together(config_of(), size);
    // Sums in another order; the norms are of size 10, the objectives of size 20.
    for (const Outcome& outcome : outcomes) expect_near(outcome, expected, 1e-9);
    for (const Outcome& outcome : outcomes) {
      EXPECT_TRUE(torch::equal(outcome.weights, outcomes.front().weights));
      EXPECT_TRUE(torch::equal(outcome.averaged, outcomes.front().averaged));
      EXPECT_EQ(outcome.sums.gradient_norm, outcomes.front().sums.gradient_norm);
    }
  }
}

TEST(TrainersTogether, HoldTheSameBitsInFloat32) {
  Config config = config_of(IwaeConfig{.importance_samples = 3});
  config.precision = Precision::float32;
  const std::vector<Outcome> outcomes = train_together(config, 3);
  const Outcome expected = train(config, alone());
  for (const Outcome& outcome : outcomes) {
    EXPECT_TRUE(torch::equal(outcome.weights, outcomes.front().weights));
    EXPECT_TRUE(
        torch::allclose(outcome.weights, expected.weights, 1e-3, 1e-4));  // float32 over six steps of Adam
  }
}

TEST(TrainersTogether, HoldTheSameBitsWhereGradientsTravelInBfloat16) {
  Config config = config_of();
  config.precision = Precision::float32;
  config.training.wire_precision = WirePrecision::bfloat16;
  const std::vector<Outcome> outcomes = train_together(config, 3);
  const Outcome expected = train(config, alone());
  EXPECT_TRUE(torch::equal(outcomes[1].weights, outcomes[0].weights));
  EXPECT_TRUE(torch::equal(outcomes[2].weights, outcomes[0].weights));
  config.training.wire_precision = WirePrecision::full;
  EXPECT_FALSE(torch::equal(outcomes[0].weights, train_together(config, 3)[0].weights));
  // A step of Adam is 0.01 at most, and gradients rounded to 8 bits turn few of its six into others.
  EXPECT_TRUE(torch::allclose(outcomes[0].weights, expected.weights, 0, 0.02));
  EXPECT_NEAR(outcomes[0].sums.objective, expected.sums.objective, 0.05);
}

TEST(TrainersTogether, SkipTheStepWhereOneHasNoNumber) {
  const Outcome expected = train(config_of(), alone(), /*broken=*/3);
  EXPECT_EQ(expected.sums.skipped, 2);  // one in each of two epochs
  for (const Outcome& outcome : train_together(config_of(), 2, /*broken=*/3))
    expect_near(outcome, expected, 1e-9);
}

const std::vector<InferenceConfig> kWithoutEncoder = {PerObjectConfig{.steps = 3},
                                                      EmConfig{.m_step = GradientMStepConfig{.steps = 2}},
                                                      EmConfig{.e_step = ExactEStepConfig{}}};

TEST(TrainersTogether, FindQOfEachPictureAsOneDoes) {
  for (const InferenceConfig& inference : kWithoutEncoder) {
    const Outcome expected = train(config_of(inference), alone());
    for (const int64_t size : {2, 3, 4}) {
      SCOPED_TRACE(std::string(inference.type()) + ", " + std::to_string(size));
      const std::vector<Outcome> outcomes = train_together(config_of(inference), size);
      for (const Outcome& outcome : outcomes) {
        expect_near(outcome, expected, 1e-9);
        EXPECT_TRUE(torch::equal(outcome.weights, outcomes.front().weights));
      }
    }
  }
}

/// A checkpoint after these steps, begun at another.
std::map<std::string, Tensor> go_on(const Config& config, int64_t size, const Checkpoint* from, int64_t first,
                                    int64_t last) {
  std::map<std::string, Tensor> saved;
  test::in_threads(size, [&](const std::shared_ptr<const Group>& group) {
    SharedBatches batches(config, *group);
    Trainer trainer = make_trainer(config, group);
    if (from) trainer.restore(*from);
    for (int64_t step = first; step < last; ++step) trainer.step(batches.at(step));
    const auto tensors = trainer.tensors();
    if (!group->is_first()) return;
    for (const auto& [name, tensor] : tensors) saved.emplace(name, tensor.clone());
  });
  return saved;
}

TEST(TrainersTogether, GoOnInAnyNumberWithWhatTheyKnowOfEachPicture) {
  for (const InferenceConfig& inference : kWithoutEncoder) {
    const Config config = config_of(inference);
    const auto expected = go_on(config, 1, nullptr, 0, 6);
    Checkpoint checkpoint = {.config = config, .tensors = go_on(config, 3, nullptr, 0, 2)};
    for (const int64_t size : {1, 2, 4}) {
      const int64_t first = checkpoint.state.step = size == 1 ? 2 : size == 2 ? 4 : 5;
      checkpoint.tensors = go_on(config, size, &checkpoint, first, size == 1 ? 4 : size == 2 ? 5 : 6);
    }
    ASSERT_EQ(checkpoint.tensors.size(), expected.size());
    for (const auto& [name, tensor] : expected) {
      EXPECT_TRUE(torch::allclose(checkpoint.tensors.at(name), tensor, 1e-9, 1e-9)) << name;
    }
  }
}

TEST(TrainersTogether, KeepAPartEachOfWhatIsKnownOfPictures) {
  const Config config = config_of(PerObjectConfig{});
  const auto bytes = [&](const std::shared_ptr<const Group>& group) {
    const Trainer trainer = make_trainer(config, group);
    size_t sum = 0;
    for (const Tensor& buffer : trainer.inference().buffers()) sum += buffer.storage().nbytes();
    return sum;
  };
  const size_t whole = bytes(alone());
  test::in_threads(5, [&](const std::shared_ptr<const Group>& group) { EXPECT_EQ(5 * bytes(group), whole); });
}

TEST(TrainersTogether, HearWhatOneOfThemWasAsked) {
  const std::vector<Requests> asked = {
      {.stop = SIGINT}, {.stop = SIGTERM}, {.stop = SIGHUP}, {.save = true}, {}};
  for (const Requests& requests : asked) {
    test::in_threads(3, [&](const std::shared_ptr<const Group>& group) {
      torch::nn::Linear layer(2, 3);
      FlatParameters parameters(layer->named_parameters(), StepExchange::kTail);
      StepExchange exchange(group, parameters, WirePrecision::full);
      if (group->rank() == 1) exchange.request(requests);
      const Tensor none = torch::zeros({});
      exchange.begin({none, none, none, none}, /*share=*/0);
      exchange.finish();
      EXPECT_EQ(exchange.heard(), requests);
      exchange.request({});
      exchange.begin({none, none, none, none}, /*share=*/0);
      exchange.finish();
      EXPECT_EQ(exchange.heard(), Requests());
    });
  }
}

TEST(TrainersTogether, NameWhoHasOtherWeights) {
  test::in_threads(4, [](const std::shared_ptr<const Group>& group) {
    Tensor weights = torch::ones({100});
    require_same_weights(weights, 7, *group);
    if (group->rank() >= 2) weights[3] = std::nextafter(1.0F, 2.0F);
    EXPECT_TRUE(test::throws<PeerError>([&] { require_same_weights(weights, 7, *group); },
                                        {"step 7", "rank 2 and 3 has other weights than rank 0"}));
  });
}

}  // namespace
}  // namespace vae
