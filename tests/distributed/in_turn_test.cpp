// One process of each machine reads before the others.
#include "distributed/in_turn.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "support/thread_group.h"

namespace vae {
namespace {

/// Two to a machine.
class TwoMachines : public test::ThreadGroup {
 public:
  using ThreadGroup::ThreadGroup;
  bool is_first_here() const override { return rank() % 2 == 0; }
};

TEST(InTurn, OneOfEachMachineReadsBeforeTheOthers) {
  const auto place = std::make_shared<test::MeetingPlace>(4);
  std::atomic<int> have_read = 0;
  const auto work = [&](int64_t rank) {
    const TwoMachines group(rank, place);
    const int64_t result = in_turn(group, [&] {
      if (group.is_first_here()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));  // so that who does not wait is seen
        ++have_read;
      } else {
        EXPECT_EQ(have_read, 2);
      }
      return 10 * rank;
    });
    EXPECT_EQ(result, 10 * rank);
  };
  {
    std::vector<std::jthread> threads;
    for (int64_t rank = 0; rank < 4; ++rank) threads.emplace_back(work, rank);
  }
  EXPECT_EQ(have_read, 2);
}

}  // namespace
}  // namespace vae
