#include "cli/progress_display.h"

#include <gtest/gtest.h>

namespace vae {
namespace {

TEST(Duration, ReadsLikeAClock) {
  const std::pair<double, const char*> expected[] = {
      {0, "0:00"},
      {7, "0:07"},
      {59.4, "0:59"},
      {59.6, "1:00"},
      {754, "12:34"},
      {3599, "59:59"},
      {3600, "1:00:00"},
      {10921, "3:02:01"},
      {86399, "23:59:59"},
      {86400, "1 d 00:00"},
      {2 * 86400 + 3 * 3600 + 4 * 60 + 59, "2 d 03:04"},
  };
  for (const auto& [seconds, text] : expected) EXPECT_EQ(format_duration(seconds), text);
}

TEST(ProgressLine, SaysWhereTrainingIs) {
  const Progress progress = {.epoch = 2, .epochs = 10, .batch = 3, .batches = 40};
  EXPECT_EQ(format_progress(progress), "epoch 2/10  batch 3/40");
}

TEST(ProgressLine, SaysHowItGoesOnceThatIsKnown) {
  const Progress progress = {.epoch = 2,
                             .epochs = 10,
                             .batch = 3,
                             .batches = 40,
                             .latest = {.objective = -101.256, .reconstruction = -81, .kl = 20.25},
                             .pictures_per_second = 1234.5,
                             .seconds_left = 65};
  EXPECT_EQ(format_progress(progress),
            "epoch 2/10  batch 3/40  objective -101.26  reconstruction -81.00  KL 20.25  1234 pictures/s  "
            "1:05 left");
}

TEST(EpochLine, GivesTrainingAndValidation) {
  EpochReport report = {.epoch = 1,
                        .epochs = 5,
                        .train = {.objective = -2, .reconstruction = -1.5, .kl = 0.5},
                        .seconds = 3.14159};
  EXPECT_EQ(format_epoch(report), "epoch 1/5  train: objective -2.00, reconstruction -1.50, KL 0.50  3.1 s");
  report.validation = Validation{.elbo = -3, .reconstruction = -2.25, .kl = 0.75};
  EXPECT_EQ(format_epoch(report),
            "epoch 1/5  train: objective -2.00, reconstruction -1.50, KL 0.50  validation: ELBO -3.00, "
            "reconstruction -2.25, KL 0.75  3.1 s");
  report.is_best = true;
  EXPECT_NE(format_epoch(report).find("KL 0.75 (best)"), std::string::npos);
}

}  // namespace
}  // namespace vae
