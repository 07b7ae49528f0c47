#include "training/checkpoint.h"

#include <gtest/gtest.h>

#include <fstream>

#include "config/parse.h"
#include "core/error.h"
#include "support/models.h"
#include "support/temporary_folder.h"
#include "support/tensors.h"
#include "support/throws.h"
#include "training/safetensors.h"

namespace vae {
namespace {

namespace fs = std::filesystem;

Checkpoint example() {
  Config config = parse<Config>(R"({"data": {"train": "shapes"}, "seed": 18446744073709551615})", "test");
  config.model = test::tiny_config();
  Checkpoint checkpoint = {
      .config = config,
      .state = {.step = 12, .epoch = 3, .position = 2, .best_bound = -0.1, .best_epoch = 1},
      .pictures = {.channels = 1,
                   .height = 6,
                   .width = 5,
                   .count = 7,
                   .classes = {"a\"b", "\xc3\xbc"},
                   .class_counts = {3, 4}},
      .tensors = {},
      .path = {}};
  const Vae model(config.model, test::kTinyPicture, config.seed);
  for (const auto& parameter : model.named_parameters()) {
    checkpoint.tensors[parameter.key()] = parameter.value().detach() + 1;
    checkpoint.tensors["ema." + parameter.key()] = parameter.value().detach() + 2;
  }
  return checkpoint;
}

class Checkpoints : public ::testing::Test {
 protected:
  /// A file of the example with other metadata; "" leaves an entry out.
  fs::path with_metadata(const std::string& key, const std::string& value) const {
    example().save(path_);
    Safetensors content = read_safetensors(path_);
    content.metadata.erase("digest");
    content.metadata[key] = value;
    if (value.empty()) content.metadata.erase(key);
    write_safetensors(path_, content);
    return path_;
  }

  test::TemporaryFolder folder_;
  fs::path path_ = folder_.path() / "a.safetensors";
};

TEST_F(Checkpoints, GiveBackWhatWasSaved) {
  const Checkpoint saved = example();
  saved.save(path_);
  const Checkpoint loaded = Checkpoint::load(path_);
  EXPECT_EQ(loaded.config, saved.config);
  EXPECT_EQ(loaded.state, saved.state);
  EXPECT_EQ(loaded.pictures, saved.pictures);
  EXPECT_EQ(loaded.path, path_);
  ASSERT_EQ(loaded.tensors.size(), saved.tensors.size());
  for (const auto& [name, tensor] : saved.tensors) {
    EXPECT_TRUE(torch::equal(loaded.tensors.at(name), tensor)) << name;
  }
}

TEST_F(Checkpoints, OfANewerFormatAreRefused) {
  EXPECT_TRUE(test::throws<CheckpointError>([&] { Checkpoint::load(with_metadata("format", "2")); },
                                            {path_.string(), "format 2", "newer version"}));
}

TEST_F(Checkpoints, WithAFormatThatIsNoNumberAreRefused) {
  for (const char* format : {"x", "0", "-1", "1x", "99999999999999999999"}) {
    EXPECT_TRUE(test::throws<CheckpointError>([&] { Checkpoint::load(with_metadata("format", format)); },
                                              {path_.string(), format}));
  }
}

TEST_F(Checkpoints, WithoutAnEntryAreNoneOfThisProgram) {
  for (const char* key : {"format", "config", "state", "pictures"}) {
    EXPECT_TRUE(test::throws<CheckpointError>([&] { Checkpoint::load(with_metadata(key, "")); },
                                              {path_.string(), "not a checkpoint", key}));
  }
}

TEST_F(Checkpoints, WithAnEntryThatDoesNotParseAreRefused) {
  for (const char* key : {"config", "state", "pictures"}) {
    EXPECT_TRUE(
        test::throws<CheckpointError>([&] { Checkpoint::load(with_metadata(key, R"({"nonsense": 1})")); },
                                      {path_.string(), key, "nonsense"}));
  }
}

TEST_F(Checkpoints, MayNotTellHowManyPicturesOfEachClass) {
  const char* pictures = R"({"channels": 1, "height": 6, "width": 5, "classes": ["a", "b"]})";
  EXPECT_TRUE(Checkpoint::load(with_metadata("pictures", pictures)).pictures.class_counts.empty());
}

TEST_F(Checkpoints, WithCountsOfOtherClassesAreRefused) {
  const char* pictures =
      R"({"channels": 1, "height": 6, "width": 5, "classes": ["a", "b"], "class_counts": [1]})";
  EXPECT_TRUE(test::throws<CheckpointError>([&] { Checkpoint::load(with_metadata("pictures", pictures)); },
                                            {path_.string(), "class_counts", "one for each class"}));
}

TEST_F(Checkpoints, CopyATensorIntoOneOfTheSameShape) {
  Checkpoint checkpoint = example();
  checkpoint.tensors["a"] = torch::arange(6).view({2, 3});
  const Tensor target = torch::zeros({2, 3});
  checkpoint.copy_to("a", target);
  EXPECT_TRUE(torch::equal(target, torch::arange(6, torch::kFloat).view({2, 3})));
  checkpoint.path = "b.safetensors";
  EXPECT_TRUE(test::throws<CheckpointError>([&] { checkpoint.copy_to("missing", target); },
                                            {"b.safetensors", "\"missing\""}));
  EXPECT_TRUE(test::throws<CheckpointError>(
      [&] {
        checkpoint.copy_to("a", torch::zeros({3, 2}));
      },
      {"b.safetensors", "\"a\"", "[2, 3]", "[3, 2]"}));
}

TEST_F(Checkpoints, GiveAModelItsWeights) {
  const Checkpoint checkpoint = example();
  const auto model = restore_model(checkpoint, torch::kCPU);
  for (const auto& parameter : model->named_parameters()) {
    EXPECT_TRUE(torch::equal(parameter.value(), checkpoint.tensors.at(parameter.key()))) << parameter.key();
  }
  EXPECT_EQ(model->picture(), test::kTinyPicture);
}

TEST_F(Checkpoints, GiveAModelItsAveragedWeightsWhereThereAreSome) {
  Checkpoint checkpoint = example();
  checkpoint.config.training.ema = 0.9;
  const auto model = restore_model(checkpoint, torch::kCPU);
  for (const auto& parameter : model->named_parameters()) {
    EXPECT_TRUE(torch::equal(parameter.value(), checkpoint.tensors.at("ema." + parameter.key())))
        << parameter.key();
  }
}

TEST_F(Checkpoints, OfAPrecisionGiveWeightsOfItsType) {
  Checkpoint checkpoint = example();
  const auto type_of = [&](Precision precision) {
    checkpoint.config.precision = precision;
    return restore_model(checkpoint, torch::kCPU)->parameters()[0].scalar_type();
  };
  EXPECT_EQ(type_of(Precision::float32), torch::kFloat);
  EXPECT_EQ(type_of(Precision::bfloat16), torch::kFloat);
  EXPECT_EQ(type_of(Precision::float64), torch::kDouble);
}

TEST_F(Checkpoints, OfARunAreItsBestElseItsLast) {
  const fs::path run = folder_.path() / "run";
  fs::create_directories(run / "checkpoints");
  EXPECT_TRUE(test::throws<CheckpointError>([&] { find_checkpoint(run); }, {run.string(), "best", "last"}));
  std::ofstream(run / "checkpoints/last.safetensors") << "a";
  EXPECT_EQ(find_checkpoint(run), run / "checkpoints/last.safetensors");
  std::ofstream(run / "checkpoints/best.safetensors") << "a";
  EXPECT_EQ(find_checkpoint(run), run / "checkpoints/best.safetensors");
}

TEST_F(Checkpoints, AreFoundByTheirOwnPath) {
  std::ofstream(path_) << "a";
  EXPECT_EQ(find_checkpoint(path_), path_);
  const fs::path missing = folder_.path() / "missing";
  EXPECT_TRUE(test::throws<CheckpointError>([&] { find_checkpoint(missing); }, {missing.string()}));
}

}  // namespace
}  // namespace vae
