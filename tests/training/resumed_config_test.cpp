#include "training/resumed_config.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "support/runs.h"
#include "support/throws.h"

namespace vae {
namespace {

using test::tiny_run;

TEST(ResumedConfig, MayDifferInWhatOnlyProlongsOrReports) {
  const Config own = tiny_run();
  Config wanted = own;
  wanted.training.epochs = 99;
  wanted.training.patience = 5;
  wanted.training.log_every = 1;
  wanted.training.pictures_every = 7;
  wanted.training.save_every_steps = 11;
  wanted.training.keep_every_epochs = 2;
  EXPECT_EQ(resumed_config({.config = own}, wanted), wanted);
}

TEST(ResumedConfig, NamesEveryOtherKeyThatDiffers) {
  const Config own = tiny_run();
  Config wanted = own;
  wanted.model.latent = 3;
  wanted.seed = 9;
  wanted.training.epochs = 99;
  EXPECT_TRUE(test::throws<UsageError>([&] { resumed_config({.config = own}, wanted); },
                                       {"seed, model.latent: ", "training.epochs"}));
}

TEST(ResumedConfig, RefusesFewerEpochsThanTheRunHasBegun) {
  Checkpoint checkpoint{.config = tiny_run()};
  checkpoint.state.epoch = 2;
  Config wanted = checkpoint.config;
  wanted.training.epochs = 2;
  EXPECT_EQ(resumed_config(checkpoint, wanted), wanted);
  checkpoint.state.position = 1;
  EXPECT_TRUE(test::throws<UsageError>([&] { resumed_config(checkpoint, wanted); },
                                       {"training.epochs: 2", "epoch 3"}));
}

}  // namespace
}  // namespace vae
