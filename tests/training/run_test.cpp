#include "training/run.h"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>

#include "config/parse.h"
#include "core/error.h"
#include "support/runs.h"
#include "support/temporary_folder.h"
#include "support/throws.h"

namespace vae {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using test::tiny_run;
using testing::ElementsAre;

constexpr int64_t kSteps = 4;  // of an epoch

/// Keeps what it is told; raises a signal behind a step, if asked to.
class Recorder : public RunObserver {
 public:
  explicit Recorder(int64_t stop_at = -1) : stop_at_(stop_at) {}
  void on_step(const RunProgress& progress) override {
    steps.push_back(progress);
    if (progress.step == stop_at_) std::raise(SIGTERM);
  }
  void on_epoch(const EpochReport& report) override { epochs.push_back(report); }

  std::vector<RunProgress> steps;
  std::vector<EpochReport> epochs;

 private:
  int64_t stop_at_;
};

std::string bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

class Runs : public ::testing::Test {
 protected:
  void SetUp() override { at::set_num_threads(1); }

  fs::path path(const std::string& name) const { return folder_.path() / name; }

  Ending train(const Config& config, const std::string& name, RunObserver& observer) const {
    const StopSignal stop;
    return Run::start(config, path(name), false)->fit(observer, stop);
  }
  void train(const Config& config, const std::string& name = "run") const {
    Recorder recorder;
    EXPECT_EQ(train(config, name, recorder), Ending::finished);
  }
  void resume(const std::string& name, const std::function<void(Config&)>& change = {}) const {
    const RunFolder folder(path(name));
    const Checkpoint checkpoint = Checkpoint::load(folder.last_checkpoint());
    Config config = checkpoint.config;
    if (change) change(config);
    Recorder recorder;
    const StopSignal stop;
    EXPECT_EQ(Run::resume(config, folder, checkpoint)->fit(recorder, stop), Ending::finished);
  }

  std::vector<Json> rows(const std::string& split, const std::string& name = "run") const {
    std::ifstream file(RunFolder(path(name)).metrics());
    std::vector<Json> result;
    for (std::string line; std::getline(file, line);) {
      const Json row = Json::parse(line);
      if (row["split"] == split) result.push_back(row);
    }
    return result;
  }
  std::vector<int64_t> row_steps(const std::string& split) const {
    std::vector<int64_t> result;
    for (const Json& row : rows(split)) result.push_back(row["step"]);
    return result;
  }
  std::vector<std::string> names_in(const std::string& folder) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path("run") / folder)) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  TrainingState state_in(const std::string& checkpoint) const {
    return Checkpoint::load(path("run") / "checkpoints" / checkpoint).state;
  }

  /// Checkpoints are equal to the last byte but for keys that may change.
  void expect_equal_checkpoints(const std::string& a, const std::string& b) const {
    for (const char* name : {"checkpoints/last.safetensors", "checkpoints/best.safetensors"}) {
      EXPECT_TRUE(bytes(path(a) / name) == bytes(path(b) / name)) << name;
    }
  }

  test::TemporaryFolder folder_;
};

TEST_F(Runs, WriteEveryFileOfARun) {
  train(tiny_run());
  for (const char* name :
       {"config.json", "metrics.jsonl", "events.out.tfevents.0.vae", "log.txt", "samples/epoch-0002.png",
        "reconstructions/epoch-0001.png", "checkpoints/last.safetensors", "checkpoints/best.safetensors"}) {
    EXPECT_TRUE(fs::exists(path("run") / name)) << name;
  }
  EXPECT_EQ(parse_file<Config>(path("run") / "config.json"), tiny_run());
}

TEST_F(Runs, LogEverySoManyStepsAndAtTheEndOfEachEpoch) {
  train(tiny_run());
  EXPECT_THAT(row_steps("train"), ElementsAre(3, 4, 6, 8));
  EXPECT_THAT(row_steps("validation"), ElementsAre(4, 8));
}

TEST_F(Runs, LogTheAverageOfTheStepsSinceTheLastRow) {
  Config config = tiny_run();
  train(config);
  config.training.log_every = 1;
  train(config, "fine");
  const auto coarse = rows("train"), fine = rows("train", "fine");
  const auto objective = [](const Json& row) { return row["objective"].get<double>(); };
  EXPECT_NEAR(objective(coarse[0]), (objective(fine[0]) + objective(fine[1]) + objective(fine[2])) / 3,
              1e-9);  // sums of doubles
  EXPECT_NEAR(objective(coarse[1]), objective(fine[3]), 1e-9);
}

TEST_F(Runs, KeepHowManyPicturesThereAreOfEachClass) {
  train(tiny_run());
  const auto counts = Checkpoint::load(path("run/checkpoints/last.safetensors")).pictures.class_counts;
  ASSERT_EQ(counts.size(), 3);
  const ShapesDataset shapes({.count = 30, .height = 8, .width = 8});
  std::vector<int64_t> expected(3);
  for (int64_t i = 0; i < 30; ++i) ++expected[static_cast<size_t>(shapes.label(i))];
  EXPECT_EQ(counts, expected);
}

TEST_F(Runs, GoOnFromACheckpointThatDoesNotTellTheClassesSizes) {
  train(tiny_run());
  const fs::path last = RunFolder(path("run")).last_checkpoint();
  Checkpoint checkpoint = Checkpoint::load(last);
  checkpoint.pictures.class_counts.clear();
  checkpoint.save(last);
  resume("run", [](Config& config) { config.training.epochs = 3; });
  EXPECT_EQ(state_in("last.safetensors").epoch, 3);
}

TEST_F(Runs, BeginAtTheWeightsOfAnother) {
  train(tiny_run(), "first");
  const Checkpoint origin = Checkpoint::load(RunFolder(path("first")).last_checkpoint());
  Config config = tiny_run();
  config.training.optimizer = SgdConfig{.learning_rate = 1e-30};  // nothing changes
  config.model.decoder = MlpConfig{.hidden = {7}};
  const StopSignal stop;
  Recorder recorder;
  Run::start(config, path("run"), false, &origin)->fit(recorder, stop);
  const Checkpoint result = Checkpoint::load(path("run/checkpoints/last.safetensors"));
  const auto is_same = [&](const char* name) {
    return torch::equal(result.tensors.at(name), origin.tensors.at(name));
  };
  EXPECT_TRUE(is_same("encoder.mlp.hidden0.weight"));
  EXPECT_TRUE(is_same("encoder.mlp.output.bias"));
  EXPECT_TRUE(is_same("decoder.mlp.output.bias"));
  EXPECT_THAT(bytes(RunFolder(path("run")).log()),
              testing::AllOf(testing::HasSubstr("5 tensors taken, 3 left"),
                             testing::HasSubstr("decoder.mlp.hidden0.weight is [6, 2]")));
}

TEST_F(Runs, WarnOnceOfLatentsThatDied) {
  train(tiny_run(), "first");
  Checkpoint origin = Checkpoint::load(RunFolder(path("first")).last_checkpoint());
  for (const char* name : {"encoder.mlp.output.weight", "encoder.mlp.output.bias"}) {
    origin.tensors.at(name).zero_();  // every posterior is the prior
  }
  Config config = tiny_run();
  config.training.optimizer = SgdConfig{.learning_rate = 1e-30};  // and stays it
  config.training.epochs = 3;
  const StopSignal stop;
  Recorder recorder;
  Run::start(config, path("run"), false, &origin)->fit(recorder, stop);
  const std::string log = bytes(RunFolder(path("run")).log()),
                    warning = "2 of 2 latent dimensions say nothing";
  const size_t first = log.find(warning);
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(log.find(warning, first + 1), std::string::npos);
}

TEST_F(Runs, TellTheObserverOfEveryStepAndEpoch) {
  Recorder recorder;
  train(tiny_run(), "run", recorder);
  ASSERT_EQ(recorder.steps.size(), 2 * kSteps);
  EXPECT_EQ(recorder.steps[4].step, 5);
  EXPECT_EQ(recorder.steps[4].epoch, 2);
  EXPECT_EQ(recorder.steps[4].batch, 1);
  EXPECT_EQ(recorder.steps[4].batches, kSteps);
  ASSERT_EQ(recorder.epochs.size(), 2);
  EXPECT_EQ(recorder.epochs[1].epoch, 2);
  EXPECT_EQ(recorder.epochs[1].train.steps, kSteps);
  EXPECT_EQ(recorder.epochs[1].validation->bound(), rows("validation")[1]["elbo"].get<double>());
}

TEST_F(Runs, KeepTheWeightsOfTheBestEpoch) {
  Config config = tiny_run();
  // With no price on it the KL grows from epoch to epoch, and the validation ELBO, which has beta 1, falls.
  config.objective = ElboConfig{.beta = 0};
  config.training.optimizer = AdamConfig{.learning_rate = 0.03};
  config.training.epochs = 6;
  Recorder recorder;
  train(config, "run", recorder);
  int64_t best = 0;
  for (const EpochReport& report : recorder.epochs) {
    if (report.is_best) best = report.epoch;
    EXPECT_LE(report.validation->bound(), *state_in("last.safetensors").best_bound);
  }
  EXPECT_LT(best, 6);  // or this would show nothing
  EXPECT_EQ(state_in("best.safetensors").epoch, best);
  EXPECT_EQ(state_in("last.safetensors").best_epoch, best);
  EXPECT_EQ(state_in("last.safetensors").epoch, 6);
}

TEST_F(Runs, ValidateEverySoManyEpochsAndAtTheEnd) {
  Config config = tiny_run();
  config.training.epochs = 5;
  config.training.evaluate_every = 2;
  train(config);
  EXPECT_THAT(row_steps("validation"), ElementsAre(2 * kSteps, 4 * kSteps, 5 * kSteps));
}

TEST_F(Runs, StopWhereNothingGetsBetter) {
  Config config = tiny_run();
  config.training.optimizer = SgdConfig{.learning_rate = 1e-30};  // nothing changes
  config.training.epochs = 9;
  config.training.patience = 2;
  Recorder recorder;
  EXPECT_EQ(train(config, "run", recorder), Ending::out_of_patience);
  EXPECT_EQ(state_in("last.safetensors").epoch, 3);
  EXPECT_EQ(state_in("last.safetensors").best_epoch, 1);
  EXPECT_TRUE(fs::exists(path("run") / "samples/epoch-0003.png"));
}

TEST_F(Runs, WithoutValidationHaveNoBest) {
  Config config = tiny_run();
  config.data.validation = NoneConfig{};
  train(config);
  EXPECT_THAT(rows("validation"), ElementsAre());
  EXPECT_THAT(names_in("checkpoints"), ElementsAre("good.safetensors", "last.safetensors"));
  EXPECT_THAT(names_in("reconstructions"), ElementsAre("epoch-0001.png", "epoch-0002.png"));
}

TEST_F(Runs, WritePicturesEverySoManyEpochsAndAtTheEnd) {
  Config config = tiny_run();
  config.training.epochs = 5;
  config.training.pictures_every = 2;
  train(config);
  EXPECT_THAT(names_in("samples"), ElementsAre("epoch-0002.png", "epoch-0004.png", "epoch-0005.png"));
  EXPECT_EQ(names_in("reconstructions"), names_in("samples"));
}

TEST_F(Runs, KeepCheckpointsForGoodWhereAsked) {
  Config config = tiny_run();
  config.training.epochs = 4;
  config.training.keep_every_epochs = 2;
  train(config);
  EXPECT_THAT(names_in("checkpoints"), ElementsAre("best.safetensors", "good.safetensors", "last.safetensors",
                                                   "step-00000008.safetensors", "step-00000016.safetensors"));
  EXPECT_EQ(state_in("step-00000008.safetensors").step, 8);
}

TEST_F(Runs, SaveWithinAnEpochWhereAsked) {
  Config config = tiny_run();
  config.training.save_every_steps = 3;
  const RunFolder folder(path("run"));
  class Reader : public RunObserver {
   public:
    explicit Reader(fs::path file) : file_(std::move(file)) {}
    void on_step(const RunProgress& progress) override {
      saved[progress.step] = fs::exists(file_) ? Checkpoint::load(file_).state.step : 0;
    }
    void on_epoch(const EpochReport&) override {}
    std::map<int64_t, int64_t> saved;

   private:
    fs::path file_;
  } reader(folder.last_checkpoint());
  train(config, "run", reader);
  EXPECT_EQ(reader.saved,
            (std::map<int64_t, int64_t>{{1, 0}, {2, 0}, {3, 3}, {4, 3}, {5, 4}, {6, 6}, {7, 6}, {8, 6}}));
}

TEST_F(Runs, StoppedAtAnyStepGoOnAsIfTheyHadNot) {
  train(tiny_run(), "whole");
  for (int64_t step = 1; step < 2 * kSteps; ++step) {
    const std::string name = "stopped" + std::to_string(step);
    Recorder recorder(step);
    EXPECT_EQ(train(tiny_run(), name, recorder), Ending::stopped);
    EXPECT_EQ(recorder.steps.back().step, step);
    resume(name);
    expect_equal_checkpoints(name, "whole");
  }
}

TEST_F(Runs, ProlongedAreAsIfPlannedSo) {
  Config config = tiny_run();
  train(config);
  resume("run", [](Config& longer) { longer.training.epochs = 4; });
  config.training.epochs = 4;
  train(config, "whole");
  expect_equal_checkpoints("run", "whole");
  EXPECT_EQ(parse_file<Config>(path("run") / "config.json").training.epochs, 4);
}

TEST_F(Runs, AreNotResumedOnOtherData) {
  train(tiny_run());
  for (const ShapesConfig& other : {ShapesConfig{.count = 31, .height = 8, .width = 8},
                                    ShapesConfig{.count = 30, .height = 9, .width = 8}}) {
    EXPECT_TRUE(test::throws<DataError>(
        [&] {
          resume("run", [&](Config& config) {
            config.data.train = other;
            config.data.validation = NoneConfig{};
          });
        },
        {"data.train", "30"}));
  }
}

// As many pictures of the same size, but others: only a run that keeps something of each minds.
TEST_F(Runs, WithParametersForEachPictureAreNotResumedOnOtherPictures) {
  Config config = tiny_run();
  config.model.encoder = std::nullopt;
  config.inference = PerObjectConfig{.steps = 1, .fit = {.steps = 2}};
  train(config);
  const auto go_on_with = [&](const ShapesConfig& shapes) {
    resume("run", [&](Config& wanted) {
      wanted.data.train = shapes;
      wanted.training.epochs = 3;
    });
  };
  ShapesConfig others = *config.data.train.get_if<ShapesConfig>();
  others.offset = 100;
  EXPECT_TRUE(test::throws<DataError>([&] { go_on_with(others); }, {"data.train", "inference"}));
  go_on_with(*config.data.train.get_if<ShapesConfig>());
}

TEST_F(Runs, WithBatchesThatNoneFillsLeaveNoFolder) {
  Config config = tiny_run();
  config.training.batch_size = 31;
  config.training.drop_last = true;
  EXPECT_TRUE(test::throws<UsageError>([&] { train(config); }, {"batch_size", "31", "30", "drop_last"}));
  EXPECT_FALSE(fs::exists(path("run")));
}

TEST_F(Runs, LeaveOutTheShortBatchWhereAsked) {
  Config config = tiny_run();
  config.training.drop_last = true;
  train(config);
  EXPECT_EQ(state_in("last.safetensors").step, 2 * (kSteps - 1));
}

TEST_F(Runs, ValidationLeavesTheOptimalVarianceAlone) {
  Config config = tiny_run();
  config.model.likelihood = GaussianConfig{.variance = OptimalVarianceConfig{}};
  train(config, "validated");
  config.data.validation = NoneConfig{};
  config.training.pictures_every = 2;
  train(config, "alone");
  const auto average = [&](const std::string& name) {
    return Checkpoint::load(RunFolder(path(name)).last_checkpoint())
        .tensors.at("likelihood.variance.average");
  };
  EXPECT_TRUE(torch::equal(average("validated"), average("alone")));
}

}  // namespace
}  // namespace vae
