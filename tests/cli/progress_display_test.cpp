#include "cli/progress_display.h"

#include <gtest/gtest.h>

namespace vae {
namespace {

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
