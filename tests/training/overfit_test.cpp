// Whether all of it together learns: a model large enough memorises a few pictures.
#include <gtest/gtest.h>

#include "data/batches.h"
#include "data/memory.h"
#include "data/shapes.h"
#include "model/generate.h"
#include "training/trainer.h"

namespace vae {
namespace {

constexpr ShapesConfig kSixteenShapes{.count = 16, .height = 16, .width = 16};

Config memorising_config(const NetworkConfig& network) {
  Config config;
  config.data.train = kSixteenShapes;
  config.model.latent = 8;
  config.model.encoder = config.model.decoder = network;
  config.model.likelihood = BernoulliConfig{};
  config.training.optimizer = AdamConfig{.learning_rate = 3e-3};
  return config;
}

double mean_distance_after(int64_t steps, const NetworkConfig& network) {
  const auto dataset = std::make_shared<const MemoryDataset>(ShapesDataset(kSixteenShapes), 1);
  const Pictures pictures(dataset, Binarize{.threshold = 0.5}, {});
  TrainingBatches batches(pictures, {.batch_size = 16}, 1);
  Trainer trainer(memorising_config(network), {.shape = dataset->shape()}, torch::kCPU, steps);
  trainer.model().start_at_mean(pictures.mean());
  for (int64_t step = 0; step < steps; ++step) trainer.step(batches.get(step, 0));
  const Tensor x = batches.get(0, 0).x;
  return (reconstruct(trainer.model(), *trainer.model().encode(x), {}) - x).abs().mean().item<double>();
}

// One pixel in a hundred; the mean picture, where training starts, is at a tenth.
constexpr double kMemorised = 0.01;

TEST(Training, MemorisesSixteenPicturesWithFullyConnectedLayers) {
  const MlpConfig network{.hidden = {128}};
  EXPECT_GT(mean_distance_after(0, network), 5 * kMemorised);
  EXPECT_LT(mean_distance_after(800, network), kMemorised);
}

TEST(Training, MemorisesSixteenPicturesWithConvolutions) {
  const ConvConfig network{.channels = {8, 16}};
  EXPECT_LT(mean_distance_after(800, network), kMemorised);
}

TEST(Training, MemorisesSixteenPicturesWithResidualBlocks) {
  const ResnetConfig network{.channels = {8, 16}, .blocks = 1, .groups = 4, .attention = 8};
  EXPECT_LT(mean_distance_after(200, network), kMemorised);
}

}  // namespace
}  // namespace vae
