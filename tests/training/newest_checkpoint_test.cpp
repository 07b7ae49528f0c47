#include "training/newest_checkpoint.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "config/parse.h"
#include "core/error.h"
#include "core/file.h"
#include "support/environment.h"
#include "support/temporary_folder.h"
#include "support/throws.h"

namespace vae {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::byte>;

Checkpoint at_step(int64_t step) {
  Checkpoint checkpoint;
  checkpoint.config = parse<Config>(R"({"data": {"train": "shapes"}})", "test");
  checkpoint.state.step = step;
  checkpoint.tensors["weight"] = torch::arange(16) + step;
  return checkpoint;
}

/// Four checkpoints; the last has step 9, and of the others `good` the most.
class NewestCheckpoint : public ::testing::Test {
 protected:
  void SetUp() override {
    run_ = RunFolder::create(folder_.path() / "run", false);
    at_step(9).save(run_.last_checkpoint());
    at_step(7).save(run_.good_checkpoint());
    at_step(6).save(run_.best_checkpoint());
    at_step(5).save(run_.step_checkpoint(5));
    last_ = read_file(run_.last_checkpoint());
  }
  void damage_last(const Bytes& bytes) const {
    std::ofstream(run_.last_checkpoint(), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
  }
  int64_t step() const { return newest_checkpoint(run_).state.step; }

  test::TemporaryFolder folder_;
  RunFolder run_{folder_.path()};
  Bytes last_;
};

TEST_F(NewestCheckpoint, IsTheLast) { EXPECT_EQ(step(), 9); }

TEST_F(NewestCheckpoint, IsTheFurthestOfTheOthersWhereTheLastIsMissing) {
  fs::remove(run_.last_checkpoint());
  EXPECT_EQ(step(), 7);
  fs::remove(run_.good_checkpoint());
  EXPECT_EQ(step(), 6);
  fs::remove(run_.best_checkpoint());
  EXPECT_EQ(newest_checkpoint(run_).path, run_.step_checkpoint(5));
}

TEST_F(NewestCheckpoint, IsAnotherWhereverTheLastIsCut) {
  for (size_t size = 0; size < last_.size(); ++size) {
    damage_last(Bytes(last_.begin(), last_.begin() + static_cast<std::ptrdiff_t>(size)));
    ASSERT_EQ(step(), 7) << size;
  }
}

TEST_F(NewestCheckpoint, IsAnotherWhicheverByteOfTheLastIsFlipped) {
  for (size_t i = 0; i < last_.size(); ++i) {
    Bytes damaged = last_;
    damaged[i] ^= std::byte{0xff};
    damage_last(damaged);
    ASSERT_EQ(step(), 7) << i;
  }
}

TEST_F(NewestCheckpoint, IsAnotherWhicheverBitsOfTheLastAreFlipped) {
  const int64_t flips = test::count_from_environment("VAE_SOAK_FLIPS", 300);
  std::mt19937 words(3);
  for (int64_t i = 0; i < flips; ++i) {
    Bytes damaged = last_;
    damaged[words() % damaged.size()] ^= static_cast<std::byte>(1 << words() % 8);
    damage_last(damaged);
    ASSERT_EQ(step(), 7) << i;
  }
}

TEST_F(NewestCheckpoint, IsAnErrorThatNamesTheLastWhereNoneIsGood) {
  for (const auto& entry : fs::directory_iterator(run_.last_checkpoint().parent_path())) {
    write_file_atomically(entry.path(), "damaged");
  }
  EXPECT_TRUE(
      test::throws<CheckpointError>([&] { newest_checkpoint(run_); }, {run_.last_checkpoint().string()}));
}

TEST_F(NewestCheckpoint, IsAnErrorThatSaysHowToStartWhereThereIsNone) {
  fs::remove_all(run_.last_checkpoint().parent_path());
  EXPECT_TRUE(
      test::throws<CheckpointError>([&] { newest_checkpoint(run_); }, {run_.path().string(), "--config"}));
}

}  // namespace
}  // namespace vae
