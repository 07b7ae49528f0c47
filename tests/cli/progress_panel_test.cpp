#include "cli/progress_panel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vae {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

const RunProgress kProgress = {.epoch = 2,
                               .epochs = 10,
                               .batch = 20,
                               .batches = 40,
                               .latest = {.objective = -101.25, .reconstruction = -81, .kl = 20.25},
                               .pictures_per_second = 1234.5,
                               .seconds_left = 65};
const std::vector<double> kElbos = {-200, -120, -101.25};

/// Cells of a terminal that a line takes.
size_t width(const std::string& line) {
  size_t cells = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\033') {
      i = line.find('m', i);
    } else if ((static_cast<unsigned char>(line[i]) & 0xC0) != 0x80) {
      ++cells;
    }
  }
  return cells;
}

TEST(ProgressLine, SaysWhereTrainingIs) {
  const RunProgress progress = {.epoch = 2, .epochs = 10, .batch = 3, .batches = 40};
  EXPECT_EQ(format_progress(progress), "epoch 2/10  batch 3/40");
}

TEST(ProgressLine, SaysHowItGoesOnceThatIsKnown) {
  const RunProgress progress = {.epoch = 2,
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

TEST(ProgressPanel, TellsTheEpochTheRunAndTheNumbers) {
  const auto lines = progress_panel(kProgress, kElbos, "", {.columns = 80});
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_EQ(lines[0], "epoch  ====================....................  50 %  2/10, batch 20/40");
  EXPECT_THAT(lines[1], HasSubstr(" 15 %  1234 pictures/s, 1:05 left"));
  EXPECT_THAT(lines[2], HasSubstr("-101.25  reconstruction -81.00  KL 20.25  _*#"));
}

TEST(ProgressPanel, KeepsTheLastWarningInSight) {
  const auto lines = progress_panel(kProgress, kElbos, "3 steps were skipped", {.columns = 80});
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_EQ(lines[3], "warning: 3 steps were skipped");
}

TEST(ProgressPanel, FitsAnyWidth) {
  const std::string warning(500, 'w');
  for (const bool fancy : {false, true}) {
    for (size_t columns = 2; columns < 200; ++columns) {
      for (const std::string& line :
           progress_panel(kProgress, std::vector<double>(300, -1e8), warning,
                          {.columns = columns, .has_colour = fancy, .has_unicode = fancy})) {
        EXPECT_LT(width(line), columns) << line;
      }
    }
  }
}

TEST(ProgressPanel, HasColoursAndUnicodeOnlyWhereTheTerminalDoes) {
  const auto joined = [](const TerminalStyle& style) {
    std::string text;
    for (const std::string& line : progress_panel(kProgress, kElbos, "w", style)) text += line;
    return text;
  };
  const std::string plain = joined({.columns = 80});
  EXPECT_THAT(plain, Not(HasSubstr("\033")));
  for (const char c : plain) EXPECT_GE(c, ' ');
  EXPECT_THAT(joined({.columns = 80, .has_colour = true}), HasSubstr("\033[36m"));
  EXPECT_THAT(joined({.columns = 80, .has_unicode = true}), HasSubstr("━"));
}

TEST(Sparkline, RisesWithTheValues) {
  EXPECT_EQ(sparkline(std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7}, 8, true), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(sparkline(std::vector<double>{7, 0}, 8, false), "#_");
}

TEST(Sparkline, ShowsTheNewestValues) {
  EXPECT_EQ(sparkline(std::vector<double>{-9000, 1, 2}, 2, true), "▁█");
  EXPECT_EQ(sparkline({}, 5, true), "");
  EXPECT_EQ(sparkline(std::vector<double>{3, 3}, 5, true), "▁▁");
}

}  // namespace
}  // namespace vae
