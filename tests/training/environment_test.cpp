#include "training/environment.h"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temporary_folder.h"

namespace vae {
namespace {

TEST(Environment, ReadsBackAsItWasSaved) {
  const test::TemporaryFolder folder;
  const Environment environment = current_environment("cuda:1");
  save_environment(folder.path() / "environment.json", environment);
  EXPECT_EQ(load_environment(folder.path() / "environment.json"), environment);
}

TEST(Environment, TellsWhatNumbersDependOn) {
  const Environment environment = current_environment("cpu");
  EXPECT_EQ(environment.device, "cpu");
  EXPECT_FALSE(environment.processor.empty());
  EXPECT_GE(environment.threads, 1);
  EXPECT_EQ(environment.libtorch.find("2."), 0);
}

TEST(Environment, IsNoneWhereTheFileIsMissingOrDamaged) {
  const test::TemporaryFolder folder;
  EXPECT_FALSE(load_environment(folder.path() / "none"));
  std::ofstream(folder.path() / "damaged") << "{\"vae\": 1";
  EXPECT_FALSE(load_environment(folder.path() / "damaged"));
}

}  // namespace
}  // namespace vae
