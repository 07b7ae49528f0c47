#include "training/thread_choice.h"

#include <gtest/gtest.h>

namespace vae {
namespace {

constexpr PictureShape kPicture = {1, 28, 28};

/// Decoder and encoder alike.
Vae model_of(const NetworkConfig& network) {
  ModelConfig config;
  config.latent = 2;
  config.encoder = network;
  config.decoder = network;
  return Vae(config, kPicture, /*seed=*/1);
}

Vae mlp(int64_t width) { return model_of(MlpConfig{.hidden = {width}}); }

TEST(ThreadChoice, GrowsWithTheWorkOfAStep) {
  EXPECT_EQ(threads_for_steps(mlp(16), 20, 16), 1);
  EXPECT_EQ(threads_for_steps(mlp(400), 20, 16),
            3);  // 630,000 weights, 6 operations, 20 pictures: 76 million
  EXPECT_EQ(threads_for_steps(mlp(400), 20, 2), 2);
  EXPECT_EQ(threads_for_steps(mlp(400), 1000, 16), 16);
}

TEST(ThreadChoice, LeavesAllToConvolutions) {
  const Vae model = model_of(ConvConfig{.channels = {2}});
  EXPECT_EQ(threads_for_steps(model, 1, 16), 16);
}

}  // namespace
}  // namespace vae
