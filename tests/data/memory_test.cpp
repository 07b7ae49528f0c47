#include "data/memory.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <set>
#include <thread>
#include <utility>

#include "core/error.h"
#include "data/pictures.h"
#include "data/require_memory.h"
#include "data/shapes.h"
#include "support/throws.h"

namespace vae {
namespace {

/// Empty pictures of any number and size, of which some can't be read.
class FaultyDataset : public Dataset {
 public:
  FaultyDataset(int64_t size, PictureShape shape, std::set<int64_t> faulty = {}, int64_t slow = -1)
      : size_(size), shape_(shape), faulty_(std::move(faulty)), slow_(slow) {}

  int64_t size() const override { return size_; }
  PictureShape shape() const override { return shape_; }
  void get(int64_t index, std::span<uint8_t>) const override {
    ++reads_;
    if (!faulty_.contains(index)) return;
    if (index == slow_) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    throw DataError("picture {} is damaged", index);
  }

  int64_t reads() const { return reads_; }

 private:
  int64_t size_;
  PictureShape shape_;
  std::set<int64_t> faulty_;
  int64_t slow_;  // a fault that takes long to find
  mutable std::atomic<int64_t> reads_ = 0;
};

constexpr PictureShape kDot{.channels = 1, .height = 1, .width = 1};

TEST(Memory, HoldsWhatTheSourceGivesWhateverTheNumberOfThreads) {
  const ShapesDataset source({.count = 97, .channels = 3, .height = 8, .width = 12, .offset = 4});
  for (const int64_t threads : {1, 2, 7, 200}) {
    const MemoryDataset memory(source, threads);
    EXPECT_EQ(memory.shape(), source.shape());
    EXPECT_EQ(memory.classes(), source.classes());
    EXPECT_EQ(memory.factor_names(), source.factor_names());
    EXPECT_EQ(memory.factor_values(96), source.factor_values(96));
    EXPECT_EQ(test::labels(memory), test::labels(source));
    EXPECT_EQ(test::picture_names(memory), test::picture_names(source));
    std::vector<uint8_t> expected;
    for (int64_t i = 0; i < source.size(); ++i) {
      const std::vector<uint8_t> picture = test::pixels(source, i);
      EXPECT_EQ(test::pixels(memory, i), picture);
      expected.insert(expected.end(), picture.begin(), picture.end());
    }
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), memory.pixels().begin(), memory.pixels().end()));
  }
}

TEST(Memory, ReportsTheFirstErrorWhateverTheNumberOfThreads) {
  for (const int64_t threads : {1, 2, 8}) {
    for (const int64_t slow : {41, 42, 43}) {
      const FaultyDataset source(1000, kDot, {41, 42, 43, 999}, slow);
      EXPECT_TRUE(test::throws<DataError>([&] { MemoryDataset(source, threads); }, {"picture 41 is damaged"}))
          << threads << " threads, " << slow << " slow";
    }
  }
}

TEST(Memory, StopsReadingAfterAnError) {
  const FaultyDataset source(1'000'000, kDot, {3});
  EXPECT_THROW(MemoryDataset(source, 1), DataError);
  EXPECT_EQ(source.reads(), 4);
}

TEST(Memory, RefusesMoreThanTheMachineHasBeforeReading) {
  const PictureShape megapixel{.channels = 1, .height = 1024, .width = 1024};
  const FaultyDataset petabytes(int64_t{1} << 32, megapixel);
  EXPECT_TRUE(
      test::throws<MemoryError>([&] { MemoryDataset(petabytes, 1); },
                                {"pictures kept in memory: needs 4503599627370496 bytes", "available"}));
  const FaultyDataset too_many_to_count(std::numeric_limits<int64_t>::max(), megapixel);
  EXPECT_TRUE(test::throws<MemoryError>([&] { MemoryDataset(too_many_to_count, 1); },
                                        {"needs 18446744073709551615"}));
  EXPECT_EQ(petabytes.reads() + too_many_to_count.reads(), 0);
}

TEST(RequireMemory, GrantsWhatIsThere) { EXPECT_NO_THROW(require_memory(1 << 20, "a megabyte")); }

TEST(Memory, HoldsNothingOfAnEmptySource) {
  const MemoryDataset memory(FaultyDataset(0, kDot), 4);
  EXPECT_EQ(memory.size(), 0);
  EXPECT_TRUE(memory.pixels().empty());
}

}  // namespace
}  // namespace vae
