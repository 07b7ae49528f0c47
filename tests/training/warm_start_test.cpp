#include "training/warm_start.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "support/models.h"
#include "support/tensors.h"
#include "support/throws.h"

namespace vae {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Checkpoint checkpoint_of(const Vae& model) {
  Checkpoint checkpoint = {.config = {}, .path = "old.safetensors"};
  for (const auto& item : model.named_parameters()) {
    checkpoint.tensors[item.key()] = item.value().detach().clone();
    checkpoint.tensors["optimizer." + item.key() + ".exp_avg"] = torch::ones_like(item.value());
  }
  checkpoint.tensors["training.sums"] = torch::ones({3}, test::kFloat64);
  return checkpoint;
}

TEST(WarmStart, TakesEveryTensorOfTheSameModel) {
  const auto source = test::tiny_model();
  Vae target(test::tiny_config(), test::kTinyPicture, /*seed=*/9);
  const WarmStart result = take_weights(target, checkpoint_of(*source));
  EXPECT_EQ(result.taken, std::ssize(source->parameters()));
  EXPECT_THAT(result.misfits, testing::IsEmpty());
  for (const auto& item : target.named_parameters()) {
    EXPECT_EQ(test::distance(item.value().detach(),
                             source->named_parameters()[item.key()].detach().to(torch::kFloat)),
              0)
        << item.key();
  }
}

TEST(WarmStart, PrefersAveragedWeights) {
  const auto source = test::tiny_model();
  Checkpoint checkpoint = checkpoint_of(*source);
  for (const auto& item : source->named_parameters()) {
    checkpoint.tensors["ema." + item.key()] = torch::full_like(item.value().detach(), 7);
  }
  Vae target(test::tiny_config(), test::kTinyPicture, /*seed=*/9);
  EXPECT_THAT(take_weights(target, checkpoint).misfits, testing::IsEmpty());
  for (const Tensor& parameter : target.parameters()) EXPECT_TRUE(parameter.eq(7).all().item<bool>());
}

TEST(WarmStart, LeavesAndNamesWhatDoesNotFit) {
  const auto source = test::tiny_model();
  ModelConfig config = test::tiny_config();
  config.latent = 4;
  config.encoder = MlpConfig{.hidden = {8, 5}, .activation = Activation::tanh};
  Vae target(config, test::kTinyPicture, /*seed=*/9);
  const Tensor fresh = target.named_parameters()["decoder.mlp.hidden0.weight"].detach().clone();
  const WarmStart result = take_weights(target, checkpoint_of(*source));
  EXPECT_THAT(result.misfits,
              testing::UnorderedElementsAre(
                  "decoder.mlp.hidden0.weight is [8, 3] in the checkpoint, [8, 4] in the new model",
                  AllOf(HasSubstr("encoder.mlp.hidden1.weight"), HasSubstr("only in the new model")),
                  HasSubstr("encoder.mlp.hidden1.bias"), HasSubstr("encoder.mlp.output.weight"),
                  HasSubstr("encoder.mlp.output.bias")));
  EXPECT_EQ(result.taken, 5);  // the encoder's first layer, the decoder's bias, its output
  EXPECT_EQ(test::distance(target.named_parameters()["decoder.mlp.hidden0.weight"].detach(), fresh), 0);
  EXPECT_THAT(result.summary(), HasSubstr("5 tensors taken, 5 left: "));
}

TEST(WarmStart, NamesWhatOnlyTheCheckpointHas) {
  const auto source = test::tiny_model();
  Checkpoint checkpoint = checkpoint_of(*source);
  checkpoint.tensors["prior.means"] = torch::ones({2});
  Vae target(test::tiny_config(), test::kTinyPicture, /*seed=*/9);
  EXPECT_THAT(take_weights(target, checkpoint).misfits,
              testing::ElementsAre("prior.means is only in the checkpoint"));
}

TEST(WarmStart, NamesAFewOfMany) {
  const WarmStart start = {.taken = 1, .misfits = std::vector<std::string>(25, "w")};
  EXPECT_THAT(start.summary(), HasSubstr("25 left: w; w"));
  EXPECT_THAT(start.summary(), HasSubstr("; and 15 more"));
}

TEST(WarmStart, RefusesACheckpointOfWhichNothingFits) {
  Checkpoint checkpoint = {.config = {}, .path = "old.safetensors"};
  checkpoint.tensors["other.weight"] = torch::ones({2});
  Vae target(test::tiny_config(), test::kTinyPicture, /*seed=*/9);
  EXPECT_TRUE(test::throws<CheckpointError>([&] { take_weights(target, checkpoint); },
                                            {"old.safetensors", "--init"}));
}

}  // namespace
}  // namespace vae
