#include "core/parallel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/environment.h"

namespace vae {
namespace {

int64_t threads_of_this_process() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                       std::filesystem::directory_iterator());
}

TEST(ForEachIndex, DoesEachOnceWithAnyNumberOfThreads) {
  for (const int64_t threads : {1, 2, 3, 16}) {
    std::vector<int> times(100);
    for_each_index(std::ssize(times), threads, [&](int64_t index) { ++times[static_cast<size_t>(index)]; });
    EXPECT_EQ(std::ranges::count(times, 1), 100) << threads;
  }
  for_each_index(0, 4, [](int64_t) { FAIL() << "there is nothing to do"; });
}

TEST(ForEachIndex, PassesOnTheFailureOfTheLowestIndexWhicheverCameFirst) {
  for (const int64_t threads : {1, 2, 8}) {
    try {
      for_each_index(50, threads, [](int64_t index) {
        if (index >= 5) throw std::runtime_error(std::to_string(index));
      });
      FAIL() << "no failure";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "5") << threads;
    }
  }
}

/// VAE_SOAK_STARTS times, 20 if it is not set.
TEST(ForEachIndex, LeavesNoThreadHoweverOftenItStartsAndIsStopped) {
  const int64_t before = threads_of_this_process();
  for (int64_t i = test::count_from_environment("VAE_SOAK_STARTS", 20); i > 0; --i) {
    std::atomic<int64_t> done = 0;
    EXPECT_THROW(for_each_index(1000, 4,
                                [&](int64_t index) {
                                  if (index == 500) throw std::runtime_error("stop");
                                  ++done;
                                }),
                 std::runtime_error);
    EXPECT_GE(done, 500);
  }
  // The system may list a thread for a moment after it was joined.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (threads_of_this_process() != before && std::chrono::steady_clock::now() < end) {
    std::this_thread::yield();
  }
  EXPECT_EQ(threads_of_this_process(), before);
}

}  // namespace
}  // namespace vae
