#include "core/file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "support/errors.h"
#include "support/temporary_folder.h"

namespace vae {
namespace {

namespace fs = std::filesystem;
using test::contains;
using test::message_of;

std::string text_of(const fs::path& path) {
  std::string text;
  for (const std::byte byte : read_file(path)) text.push_back(static_cast<char>(byte));
  return text;
}

int64_t count_files(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

/// Makes every file of this process longer than `bytes` fail, as a full disk does.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*handler_)(int);
  rlimit old_{};
};

class File : public testing::Test {
 protected:
  test::TemporaryFolder folder_;
  fs::path path_ = folder_.path() / "a.txt";
};

TEST_F(File, IsReadAsItWasWritten) {
  const std::string text(100'000, 'x');
  write_file_atomically(path_, text);
  EXPECT_EQ(text_of(path_), text);
}

TEST_F(File, MayBeEmpty) {
  write_file_atomically(path_, "");
  EXPECT_TRUE(read_file(path_).empty());
}

TEST_F(File, IsTheConcatenationOfItsParts) {
  const std::string_view texts[] = {"one ", "", "two"};
  std::array<std::span<const std::byte>, 3> parts;
  std::ranges::transform(texts, parts.begin(),
                         [](std::string_view t) { return std::as_bytes(std::span(t)); });
  write_file_atomically(path_, parts);
  EXPECT_EQ(text_of(path_), "one two");
}

TEST_F(File, ReplacesTheOldOneAndLeavesNothingBeside) {
  write_file_atomically(path_, "old and long");
  write_file_atomically(path_, "new");
  EXPECT_EQ(text_of(path_), "new");
  EXPECT_EQ(count_files(folder_.path()), 1);
}

TEST_F(File, IsCreatedWithThePermissionsOfTheUmask) {
  const mode_t old = umask(027);
  write_file_atomically(path_, "text");
  umask(old);
  EXPECT_EQ(fs::status(path_).permissions(), static_cast<fs::perms>(0640));
}

TEST_F(File, StaysAsItWasWhereTheNewOneCannotBeWritten) {
  write_file_atomically(path_, "old");
  const std::string too_long(100'000, 'x');
  const std::string message = [&] {
    const FileSizeLimit limit(4096);
    return message_of<IoError>([&] { write_file_atomically(path_, too_long); });
  }();
  EXPECT_TRUE(contains(message, path_.string() + ": writing failed: File too large; "));
  EXPECT_EQ(text_of(path_), "old");
  EXPECT_EQ(count_files(folder_.path()), 1);
}

TEST_F(File, StepsAroundTheTemporaryFileOfACrashedRun) {
  const fs::path stale = path_.string() + ".tmp-" + std::to_string(getpid()) + "-0";
  write_file_atomically(stale, "half");
  write_file_atomically(path_, "new");
  EXPECT_EQ(text_of(path_), "new");
  EXPECT_EQ(text_of(stale), "half");
}

TEST_F(File, CannotBeWrittenBelowAFile) {
  write_file_atomically(path_, "old");
  EXPECT_TRUE(contains(message_of<IoError>([&] { write_file_atomically(path_ / "b.txt", "new"); }),
                       "Not a directory"));
}

TEST_F(File, CannotBeWrittenInAMissingFolder) {
  EXPECT_TRUE(
      contains(message_of<IoError>([&] { write_file_atomically(folder_.path() / "no" / "a", "new"); }),
               "No such file or directory; check the path"));
}

TEST_F(File, DoesNotReplaceAFolder) {
  EXPECT_TRUE(
      contains(message_of<IoError>([&] { write_file_atomically(folder_.path(), "new"); }), "name a file"));
  EXPECT_TRUE(fs::is_directory(folder_.path()));
}

TEST_F(File, DoesNotReplaceADevice) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_TRUE(
      contains(message_of<IoError>([&] { write_file_atomically(path_, "new"); }), "not a regular file"));
  EXPECT_TRUE(fs::is_fifo(path_));
}

TEST_F(File, ThatIsMissingIsNamed) {
  EXPECT_TRUE(contains(message_of<IoError>([&] { read_file(path_); }),
                       path_.string() + ": opening failed: No such file"));
}

TEST_F(File, ThatIsAFolderIsNotRead) {
  EXPECT_TRUE(
      contains(message_of<IoError>([&] { read_file(folder_.path()); }), "Is a directory; name a file"));
}

TEST_F(File, ThatIsAPipeIsRefusedWithoutWaiting) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_TRUE(contains(message_of<IoError>([&] { read_file(path_); }), "not a regular file"));
}

TEST_F(File, IsReadUpToTheLimitAndNoFurther) {
  write_file_atomically(path_, "12345");
  EXPECT_EQ(read_file(path_, 5).size(), 5U);
  EXPECT_TRUE(contains(message_of<IoError>([&] { read_file(path_, 4); }), "5 bytes, at most 4"));
}

TEST_F(File, WithoutAFolderInItsNameIsWrittenHere) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_.path());
  EXPECT_NO_THROW(write_file_atomically("here.txt", "text"));
  fs::current_path(before);
  EXPECT_EQ(text_of(folder_.path() / "here.txt"), "text");
}

TEST_F(File, IsKnownAgainByItsStamp) {
  write_file_atomically(path_, "text");
  const std::optional<FileStamp> stamp = file_stamp(path_);
  ASSERT_TRUE(stamp.has_value());
  EXPECT_EQ(stamp->size, 4);
  EXPECT_EQ(file_stamp(path_), stamp);
  fs::last_write_time(path_, fs::last_write_time(path_));  // which leaves a trace that can't be wiped away
  EXPECT_NE(file_stamp(path_), stamp);
  EXPECT_EQ(file_stamp(folder_.path()), std::nullopt);
  EXPECT_EQ(file_stamp(folder_.path() / "none"), std::nullopt);
}

TEST_F(File, GivesItsStartAlone) {
  write_file_atomically(path_, "some text");
  EXPECT_EQ(read_file_start(path_, 4).size(), 4);
  EXPECT_EQ(read_file_start(path_, 400).size(), 9);
}

TEST_F(File, MayBeWrittenInAnyOrder) {
  FileReplacement file(path_);
  file.write_at(4, std::as_bytes(std::span(std::string_view("two"))));
  file.write_at(0, std::as_bytes(std::span(std::string_view("one "))));
  EXPECT_FALSE(fs::exists(path_));
  file.commit(Durability::until_power_fails);
  EXPECT_EQ(text_of(path_), "one two");
  EXPECT_EQ(count_files(folder_.path()), 1);
}

TEST_F(File, ThatIsNotCommittedLeavesNothing) {
  write_file_atomically(path_, "old");
  { FileReplacement(path_).append(std::as_bytes(std::span(std::string_view("new")))); }
  EXPECT_EQ(text_of(path_), "old");
  EXPECT_EQ(count_files(folder_.path()), 1);
}

}  // namespace
}  // namespace vae
