// What a run does where training goes wrong.
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>

#include "core/error.h"
#include "core/file.h"
#include "images/decode.h"
#include "support/runs.h"
#include "support/temporary_folder.h"
#include "support/throws.h"
#include "training/run.h"

namespace vae {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kEpochs = 6;
constexpr int64_t kSteps = 4;  // of an epoch

/// Gradient descent on 32 pictures in batches of 8. At 1e30 the first step leaves nothing finite.
Config run_at(double learning_rate) {
  Config config = test::tiny_run();
  config.data.train = ShapesConfig{.count = 8 * kSteps, .height = 8, .width = 8};
  config.data.validation = ShapesConfig{.count = 8, .height = 8, .width = 8, .offset = 8 * kSteps};
  config.training.epochs = kEpochs;
  config.training.save_every_steps = 2;
  config.training.optimizer = SgdConfig{.learning_rate = learning_rate};
  config.training.divergence.bad_steps = 3;
  return config;
}

/// Diverges, and no more once it has gone back twice.
Config recovering_run() {
  Config config = run_at(1e30);
  config.training.divergence.slowdown = 1e-17;
  return config;
}

class StopAt : public RunObserver {
 public:
  explicit StopAt(int64_t call) : calls_left_(call) {}
  void on_step(const RunProgress&) override {
    if (calls_left_-- == 0) std::raise(SIGTERM);
  }
  void on_epoch(const EpochReport&) override {}

 private:
  int64_t calls_left_;
};

class DivergingRuns : public ::testing::Test {
 protected:
  void SetUp() override { at::set_num_threads(1); }

  RunFolder folder(const std::string& name = "run") const { return RunFolder(folder_.path() / name); }

  Ending train(const Config& config, const std::string& name = "run", int64_t stop_at = -1) const {
    StopAt observer(stop_at);
    const StopSignal stop;
    return Run::start(config, folder(name).path(), false)->fit(observer, stop);
  }
  Ending resume(const std::string& name) const {
    const Checkpoint last = Checkpoint::load(folder(name).last_checkpoint());
    StopAt observer(-1);
    const StopSignal stop;
    return Run::resume(last.config, folder(name), last)->fit(observer, stop);
  }
  std::vector<nlohmann::json> training_rows() const {
    std::ifstream file(folder().metrics());
    std::vector<nlohmann::json> result;
    for (std::string line; std::getline(file, line);) {
      const auto row = nlohmann::json::parse(line);
      if (row["split"] == "train") result.push_back(row);
    }
    return result;
  }

  test::TemporaryFolder folder_;
};

TEST_F(DivergingRuns, GoBackWithALowerLearningRateAndRecover) {
  const Config config = recovering_run();
  EXPECT_EQ(train(config), Ending::finished);
  const TrainingState state = Checkpoint::load(folder().last_checkpoint()).state;
  EXPECT_EQ(state.step, kEpochs * kSteps);
  EXPECT_EQ(state.rollbacks, 2);
  std::vector<int64_t> steps;
  for (const auto& row : training_rows()) {
    steps.push_back(row["step"]);
    EXPECT_EQ(row["skipped_steps"], 0) << row;
    EXPECT_DOUBLE_EQ(row["learning_rate"], 1e30 * 1e-17 * 1e-17) << row;
  }
  // Every logged step once: each third and each epoch's last.
  EXPECT_EQ(steps, (std::vector<int64_t>{3, 4, 6, 8, 9, 12, 15, 16, 18, 20, 21, 24}));
}

TEST_F(DivergingRuns, GiveUpAfterSoManyRollbacksWithTheReasonAndTheBatch) {
  const Config config = run_at(1e30);
  EXPECT_TRUE(test::throws<DivergedError>(
      [&] { train(config); }, {"not finite", "since step 2", "after 3 roll-backs", "1.25e+29", "diverged.png",
                               "learning_rate", "clip_norm"}));
  const Image batch = read_image(folder().offending_batch(), DecodeOptions{});
  EXPECT_GE(batch.width, 8 * 8);
  EXPECT_EQ(Checkpoint::load(folder().good_checkpoint()).state.step, 0);  // every step but the first was bad
}

TEST_F(DivergingRuns, MayBeToldNotToGoBack) {
  Config config = run_at(1e30);
  config.training.divergence.rollbacks = 0;
  EXPECT_TRUE(test::throws<DivergedError>([&] { train(config); }, {"after 0 roll-backs"}));
}

TEST_F(DivergingRuns, AreFoundWhateverOverflows) {
  Config config = run_at(1e6);
  config.training.divergence.rollbacks = 0;
  config.training.epochs = 50;
  for (const auto& constraint : {Constraint::exp, Constraint::softplus}) {
    config.model.likelihood = GaussianConfig{.variance = PerPixelVarianceConfig{.constraint = constraint}};
    const std::string name = "run" + std::to_string(static_cast<int>(constraint));
    EXPECT_THROW(train(config, name), DivergedError) << name;
  }
}

TEST_F(DivergingRuns, StoppedAtAnyStepGoOnAsIfTheyHadNot) {
  const Config config = recovering_run();
  EXPECT_EQ(train(config, "whole"), Ending::finished);
  const auto bytes = [&](const std::string& name) { return read_file(folder(name).last_checkpoint()); };
  for (int64_t call = 0; call < 12; ++call) {  // past both times that it goes back
    const std::string name = "stopped" + std::to_string(call);
    EXPECT_EQ(train(config, name, call), Ending::stopped);
    EXPECT_EQ(resume(name), Ending::finished);
    EXPECT_EQ(bytes(name), bytes("whole")) << name;
  }
}

TEST_F(DivergingRuns, GoBackToTheLastCheckpointWhoseStepsWereGood) {
  Config config = run_at(100);  // too much from some step of the warm-up on
  config.training.epochs = 50;
  config.training.schedule = WarmupSchedule{.steps = 50 * kSteps};
  config.training.divergence.rollbacks = 1;
  EXPECT_THROW(train(config), DivergedError);
  const TrainingState last = Checkpoint::load(folder().last_checkpoint()).state;
  EXPECT_GT(last.step, 2);
  EXPECT_EQ(last.rollbacks, 1);
  std::ifstream log(folder().log());
  const std::string text(std::istreambuf_iterator<char>(log), {});
  EXPECT_TRUE(std::regex_search(text, std::regex("going back to step [1-9]"))) << text;
}

TEST_F(DivergingRuns, HaveNoBetterCheckpointThanTheLastGoodOne) {
  const Config config = recovering_run();
  EXPECT_EQ(train(config), Ending::finished);
  EXPECT_EQ(read_file(folder().good_checkpoint()), read_file(folder().last_checkpoint()));
}

}  // namespace
}  // namespace vae
