#include "training/thread_choice.h"

#include <gtest/gtest.h>

namespace vae {
namespace {

constexpr PictureShape kPicture = {1, 28, 28};

Vae mlp(int64_t width) {
  const MlpConfig network{.hidden = {width}};
  return Vae({.latent = 2, .encoder = EncoderConfig(network), .decoder = network}, kPicture, /*seed=*/1);
}

TEST(ThreadChoice, GrowsWithTheWorkOfAStep) {
  EXPECT_EQ(threads_for_steps(mlp(16), 20, 16), 1);
  EXPECT_EQ(threads_for_steps(mlp(400), 20, 16),
            3);  // 630,000 weights, 6 operations, 20 pictures: 76 million
  EXPECT_EQ(threads_for_steps(mlp(400), 20, 2), 2);
  EXPECT_EQ(threads_for_steps(mlp(400), 1000, 16), 16);
}

TEST(ThreadChoice, LeavesAllToConvolutions) {
  const ConvConfig network{.channels = {2}};
  const Vae model({.latent = 2, .encoder = EncoderConfig(network), .decoder = network}, kPicture, /*seed=*/1);
  EXPECT_EQ(threads_for_steps(model, 1, 16), 16);
}

}  // namespace
}  // namespace vae
