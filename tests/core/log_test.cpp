#include "core/log.h"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <fstream>
#include <sstream>

#include "support/temporary_folder.h"

namespace vae {
namespace {

TEST(LogFile, HoldsWhatWasLoggedWhileItLived) {
  const test::TemporaryFolder folder;
  set_up_log(spdlog::level::off);
  {
    const LogFile file(folder.path() / "log.txt");
    spdlog::warn("two\nlines");
    spdlog::debug("a detail");
  }
  spdlog::warn("afterwards");
  std::stringstream text;
  text << std::ifstream(folder.path() / "log.txt").rdbuf();
  EXPECT_TRUE(text.str().find(" warning: two\\u000alines\n") != std::string::npos) << text.str();
  EXPECT_TRUE(text.str().ends_with(" a detail\n")) << text.str();
}

TEST(LogFile, EndsQuietlyOnAFullDisk) {
  set_up_log(spdlog::level::off);
  EXPECT_NO_THROW({
    const LogFile file("/dev/full");
    spdlog::info("nowhere");
  });
}

}  // namespace
}  // namespace vae
