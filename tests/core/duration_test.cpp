#include "core/duration.h"

#include <gtest/gtest.h>

#include <string>

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

}  // namespace
}  // namespace vae
