#include "core/mapped_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "core/error.h"
#include "core/file.h"
#include "support/temporary_folder.h"
#include "support/throws.h"

namespace vae {
namespace {

class Mapped : public testing::Test {
 protected:
  static std::string text_of(const MappedFile& file) {
    return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
  }

  test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "a";
};

TEST_F(Mapped, HoldsAllBytes) {
  const std::string text(100'000, 'x');
  write_file_atomically(path_, text);
  EXPECT_EQ(text_of(MappedFile(path_)), text);
}

TEST_F(Mapped, MayBeEmpty) {
  write_file_atomically(path_, "");
  EXPECT_TRUE(MappedFile(path_).bytes().empty());
}

TEST_F(Mapped, StaysAsItWasWhereItsFileIsReplaced) {
  write_file_atomically(path_, "old");
  const MappedFile file(path_);
  write_file_atomically(path_, "new");
  EXPECT_EQ(text_of(file), "old");
}

TEST_F(Mapped, SaysWhatCanNotBeMapped) {
  EXPECT_TRUE(test::throws<IoError>([&] { MappedFile{path_}; }, {"can't be opened", "No such file"}));
  EXPECT_TRUE(test::throws<IoError>([&] { MappedFile{folder_.path()}; }, {"is no regular file"}));
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_TRUE(test::throws<IoError>([&] { MappedFile{path_}; }, {"is no regular file"}));
}

}  // namespace
}  // namespace vae
