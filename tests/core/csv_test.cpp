#include "core/csv.h"

#include <gtest/gtest.h>

#include <vector>

namespace vae {
namespace {

TEST(Csv, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(csv_field("cat/1.png"), "cat/1.png");
  EXPECT_EQ(csv_field(""), "");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(csv_field("the \"best\""), "\"the \"\"best\"\"\"");
}

TEST(Csv, LinesEnd) { EXPECT_EQ(csv_line(std::vector<std::string>{"a", "b", ""}), "a,b,\n"); }

}  // namespace
}  // namespace vae
