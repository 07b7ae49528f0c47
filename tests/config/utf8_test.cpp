#include "config/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace vae::detail {

TEST(Utf8, AcceptsTheEdgesOfEveryLength) {
  EXPECT_EQ(find_invalid_utf8(std::string("\0\x7f", 2)), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("\xC2\x80\xDF\xBF"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"), std::nullopt);
}

TEST(Utf8, RefusesWhatIsNotACharacter) {
  for (const std::string bad : {"\x80", "\xC1\xBF", "\xC2",
                                "\xC2"
                                "a",
                                "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82", "\xF0\x8F\xBF\xBF",
                                "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_EQ(find_invalid_utf8("ok" + bad), 2U) << testing::PrintToString(bad);
  }
}

}  // namespace vae::detail
