#include "core/cores.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "support/temporary_folder.h"

namespace vae {
namespace {

/// Four processors, two of each core.
class Cores : public ::testing::Test {
 protected:
  Cores() {
    for (const int processor : kAll) {
      write("devices/system/cpu/cpu" + std::to_string(processor) + "/topology/core_cpus_list",
            processor % 2 == 0 ? "0,2\n" : "1,3\n");
    }
  }
  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((sys_.path() / name).parent_path());
    std::ofstream(sys_.path() / name) << text;
  }
  static constexpr std::array kAll = {0, 1, 2, 3};
  test::TemporaryFolder sys_;
};

TEST_F(Cores, CountHyperThreadsOnce) {
  EXPECT_EQ(usable_cores(kAll, sys_.path()), 2);
  EXPECT_EQ(usable_cores(std::array{0, 2}, sys_.path()), 1);
  EXPECT_EQ(usable_cores(std::array{1, 2}, sys_.path()), 2);
}

TEST_F(Cores, AreNoMoreThanTheQuota) {
  write("fs/cgroup/cpu.max", "max 100000\n");
  EXPECT_EQ(usable_cores(kAll, sys_.path()), 2);
  write("fs/cgroup/cpu.max", "110000 100000\n");
  EXPECT_EQ(usable_cores(kAll, sys_.path()), 2);
  write("fs/cgroup/cpu.max", "50000 100000\n");
  EXPECT_EQ(usable_cores(kAll, sys_.path()), 1);
}

TEST_F(Cores, AreTheProcessorsWhereNothingIsTold) {
  EXPECT_EQ(usable_cores(kAll, sys_.path() / "nowhere"), 4);
  EXPECT_EQ(usable_cores({}, sys_.path()), 1);
  EXPECT_GE(usable_cores(), 1);
}

}  // namespace
}  // namespace vae
