#include "training/run_folder.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/error.h"
#include "support/temporary_folder.h"
#include "support/throws.h"

namespace vae {
namespace {

namespace fs = std::filesystem;

class RunFolders : public ::testing::Test {
 protected:
  void write(const fs::path& name) const { std::ofstream(path_ / name) << "text"; }
  void make_run() const {
    RunFolder::create(path_, false);
    for (const char* name : {"config.json", "metrics.jsonl", "log.txt", "events.out.tfevents.0.vae",
                             "report.html", "samples/epoch-0001.png", "checkpoints/last.safetensors"}) {
      write(name);
    }
  }

  test::TemporaryFolder folder_;
  fs::path path_ = folder_.path() / "runs" / "a";
};

TEST_F(RunFolders, AreMadeWithTheFoldersAbove) {
  const RunFolder run = RunFolder::create(path_, false);
  EXPECT_EQ(run.path(), path_);
  for (const char* name : {"samples", "reconstructions", "checkpoints"}) {
    EXPECT_TRUE(fs::is_directory(path_ / name)) << name;
  }
}

TEST_F(RunFolders, MayBeEmptyFolders) {
  fs::create_directories(path_);
  EXPECT_NO_THROW(RunFolder::require_free(path_, false));
}

TEST_F(RunFolders, ThatHoldARunAreNotOverwritten) {
  make_run();
  EXPECT_TRUE(test::throws<UsageError>([&] { RunFolder::create(path_, false); },
                                       {path_.string(), "--force", "--resume", "--out"}));
  EXPECT_TRUE(fs::exists(path_ / "checkpoints/last.safetensors"));
}

TEST_F(RunFolders, LoseNothingButTheirRunWhenReplaced) {
  make_run();
  write("notes.txt");
  fs::create_directories(path_ / "pictures");
  RunFolder::create(path_, true);
  EXPECT_TRUE(fs::exists(path_ / "notes.txt"));
  EXPECT_TRUE(fs::exists(path_ / "pictures"));
  for (const char* name : {"config.json", "metrics.jsonl", "log.txt", "events.out.tfevents.0.vae",
                           "report.html", "samples/epoch-0001.png", "checkpoints/last.safetensors"}) {
    EXPECT_FALSE(fs::exists(path_ / name)) << name;
  }
}

TEST_F(RunFolders, ThatHoldOtherThingsAreRefusedEvenWhenReplacing) {
  fs::create_directories(path_);
  write("thesis.tex");
  for (const bool replace : {false, true}) {
    EXPECT_TRUE(test::throws<UsageError>([&] { RunFolder::create(path_, replace); },
                                         {path_.string(), "no run", "--out"}));
  }
  EXPECT_TRUE(fs::exists(path_ / "thesis.tex"));
}

TEST_F(RunFolders, AreNotMadeOfAFile) {
  fs::create_directories(path_.parent_path());
  std::ofstream(path_) << "text";
  EXPECT_TRUE(test::throws<UsageError>([&] { RunFolder::create(path_, true); }, {path_.string(), "file"}));
}

TEST_F(RunFolders, ThatCanNotBeMadeAreAnIoError) {
  fs::create_directories(path_.parent_path());
  std::ofstream(path_) << "text";
  EXPECT_TRUE(test::throws<IoError>([&] { RunFolder::create(path_ / "b", false); },
                                    {path_.string(), "Not a directory", "--out"}));
}

TEST_F(RunFolders, NumberTheirFilesSoThatTheySortByTime) {
  const RunFolder run("r");
  EXPECT_EQ(run.samples(7), "r/samples/epoch-0007.png");
  EXPECT_EQ(run.reconstructions(12345), "r/reconstructions/epoch-12345.png");
  EXPECT_EQ(run.step_checkpoint(4690), "r/checkpoints/step-00004690.safetensors");
}

}  // namespace
}  // namespace vae
