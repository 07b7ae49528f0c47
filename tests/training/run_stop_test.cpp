#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iterator>

#include "support/environment.h"
#include "support/runs.h"
#include "support/temporary_folder.h"
#include "training/run.h"

namespace vae {
namespace {

namespace fs = std::filesystem;

int64_t count_entries(const char* folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

class StopsAt : public RunObserver {
 public:
  explicit StopsAt(int64_t step) : step_(step) {}
  void on_step(const RunProgress& progress) override {
    if (progress.step == step_) std::raise(SIGTERM);
  }
  void on_epoch(const EpochReport&) override {}

 private:
  int64_t step_;
};

/// VAE_SOAK_STARTS times, 20 if it is not set.
TEST(RunsThatAreStopped, InMidEpochEndAtOnceAndLeaveNothingOpen) {
  at::set_num_threads(1);
  const test::TemporaryFolder folder;
  int64_t files = 0, threads = 0;
  for (int64_t i = 0; i < test::count_from_environment("VAE_SOAK_STARTS", 20); ++i) {
    const int64_t step = 1 + i % 7;  // of the 8 that there are
    {
      StopsAt observer(step);
      const StopSignal stop;
      const auto run = Run::start(test::tiny_run(), folder.path() / "run", /*replace=*/true);
      ASSERT_EQ(run->fit(observer, stop), Ending::stopped);
      ASSERT_EQ(run->state().step, step);
    }
    if (i == 0) files = count_entries("/proc/self/fd"), threads = count_entries("/proc/self/task");
    ASSERT_EQ(count_entries("/proc/self/fd"), files);
    ASSERT_EQ(count_entries("/proc/self/task"), threads);
  }
}

}  // namespace
}  // namespace vae
