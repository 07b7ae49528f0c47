#include "report/html.h"

#include <gtest/gtest.h>

namespace vae {
namespace {

TEST(Escaped, LeavesNothingThatHtmlReads) {
  EXPECT_EQ(escaped(R"(<a href="x">Tom & 'Jerry'</a>)"),
            "&lt;a href=&quot;x&quot;&gt;Tom &amp; &#39;Jerry&#39;&lt;/a&gt;");
}

// RFC 4648, section 10.
TEST(PngUri, IsBase64) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(png_uri(std::string_view(bytes)), std::string("data:image/png;base64,") + text);
  }
  EXPECT_EQ(png_uri(std::string_view("\xff\xfe\x00", 3)), "data:image/png;base64,//4A");
}

TEST(Readable, GroupsThousands) {
  EXPECT_EQ(readable(int64_t{7}), "7");
  EXPECT_EQ(readable(int64_t{123}), "123");
  EXPECT_EQ(readable(int64_t{1234}), "1\u202f234");
  EXPECT_EQ(readable(int64_t{-1234567}), "\u22121\u202f234\u202f567");
}

TEST(Readable, ShortensNumbers) {
  EXPECT_EQ(readable(-106.25), "\u2212106.25");
  EXPECT_EQ(readable(1.0 / 3), "0.333333");
}

}  // namespace
}  // namespace vae
