#include "training/run_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>

#include "core/error.h"
#include "support/temporary_folder.h"
#include "support/throws.h"

namespace vae {
namespace {

TEST(RunLock, IsHeldByOneAtATime) {
  const test::TemporaryFolder folder;
  std::optional<RunLock> first(folder.path());
  EXPECT_TRUE(test::throws<UsageError>([&] { RunLock second(folder.path()); },
                                       {folder.path().string(), "another process", "--out"}));
  first.reset();
  EXPECT_NO_THROW(RunLock second(folder.path()));
}

TEST(RunLock, EndsWithItsProcessHoweverThatEnds) {
  const test::TemporaryFolder folder;
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t owner = fork();
  if (owner == 0) {
    const RunLock lock(folder.path());
    if (write(ready[1], "", 1) != 1) _exit(1);
    while (true) pause();
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_THROW(RunLock second(folder.path()), UsageError);
  kill(owner, SIGKILL);
  waitpid(owner, nullptr, 0);
  EXPECT_NO_THROW(RunLock second(folder.path()));
  close(ready[0]);
  close(ready[1]);
}

TEST(RunLock, LeavesNothingInTheFolderItMakes) {
  const test::TemporaryFolder folder;
  { const RunLock lock(folder.path() / "new"); }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path() / "new"));
}

TEST(RunLock, IsAnIoErrorWhereTheFolderCanNotBeMade) {
  EXPECT_TRUE(test::throws<IoError>([] { RunLock lock("/dev/null/run"); }, {"/dev/null/run", "--out"}));
}

}  // namespace
}  // namespace vae
