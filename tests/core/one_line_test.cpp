#include "core/one_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vae {

TEST(OnOneLine, EscapesControlCharactersOnly) {
  EXPECT_EQ(on_one_line("a\n\x7f\"\\ü"), "a\\u000a\\u007f\"\\ü");
  EXPECT_EQ(on_one_line("\x1b[2J \xc2\x9b\x32J \xc2\xa0"), "\\u001b[2J \\u009b2J \xc2\xa0");
}

TEST(OnOneLine, LeavesWhatIsNoUtf8) { EXPECT_EQ(on_one_line("\xff\xc2"), "\xff\xc2"); }

TEST(OnOneLine, HoldsForEachOfMany) {
  EXPECT_THAT(on_one_line(std::vector<std::string>{"a", "\t"}), testing::ElementsAre("a", "\\u0009"));
}

TEST(FirstLine, EndsBeforeTheSecond) {
  EXPECT_EQ(first_line("a b\nc\n"), "a b");
  EXPECT_EQ(first_line("whole"), "whole");
  EXPECT_EQ(first_line("\na"), "");
}

}  // namespace vae
