#include "data/pictures_ahead.h"

#include <gtest/gtest.h>

#include "data/batches.h"
#include "support/numbered_pictures.h"

namespace vae {
namespace {

constexpr PictureShape kColour{.channels = 3, .height = 4, .width = 5};

Tensor expected(const Dataset& dataset, const Tensor& numbers) {
  std::vector<Tensor> pictures;
  for (int64_t i = 0; i < numbers.size(0); ++i) {
    Tensor picture = torch::empty({4, 5, 3}, torch::kUInt8);
    dataset.get(numbers[i].item<int64_t>(), {picture.data_ptr<uint8_t>(), 60});
    pictures.push_back(picture);
  }
  return torch::stack(pictures);
}

Tensor numbers(const std::vector<int64_t>& values) { return torch::tensor(values, torch::kLong); }

TEST(PicturesAhead, AreThoseThatAreTakenWhateverWasBegun) {
  const auto dataset = test::numbered_pictures(20, kColour);
  PicturesAhead ahead(dataset, torch::kCPU);
  const auto expect_taken = [&](const Tensor& rows) {
    EXPECT_TRUE(torch::equal(ahead.take(rows), expected(*dataset, rows)));
  };
  expect_taken(numbers({3, 1, 19}));
  ahead.begin(numbers({0, 7}));
  expect_taken(numbers({0, 7}));
  ahead.begin(numbers({2, 2, 5, 11, 4}));  // more than there was room for
  expect_taken(numbers({9}));              // a run went back
  ahead.begin(numbers({6, 8}));
  ahead.begin(numbers({8, 6}));
  expect_taken(numbers({8, 6}));
  EXPECT_EQ(ahead.take(torch::empty({0}, torch::kLong)).size(0), 0);
}

TEST(PicturesAhead, AreReadWhileTheNextAreCollected) {
  const auto dataset = test::numbered_pictures(2000, kColour);
  PicturesAhead ahead(dataset, torch::kCPU);
  const Tensor first = torch::arange(0, 1000), second = torch::arange(1000, 2000);
  const Tensor taken = ahead.take(first);
  ahead.begin(second);
  ahead.begin(second);  // which waits until they were collected once
  EXPECT_TRUE(torch::equal(taken, expected(*dataset, first)));
  EXPECT_TRUE(torch::equal(ahead.take(second), expected(*dataset, second)));
}

TEST(PicturesAhead, MakeTheSameBatchesAsPicturesThatLieThere) {
  const auto dataset = test::numbered_pictures(23, kColour);
  const Pictures there(dataset, Dequantize{}, {});
  const Pictures copied(dataset, Dequantize{}, {.residence = Residence::device});
  const Pictures brought(dataset, Dequantize{}, {.residence = Residence::storage});
  ASSERT_EQ(there.ahead(), nullptr);
  ASSERT_EQ(copied.ahead(), nullptr);
  ASSERT_NE(brought.ahead(), nullptr);
  EXPECT_TRUE(torch::equal(there.mean(), brought.mean()));
  for (const Share share : {Share{}, Share{.index = 2, .count = 3}}) {
    const TrainingBatches::Options options{.batch_size = 4, .horizontal_flip = true, .share = share};
    TrainingBatches plain(there, options, 1), from_copy(copied, options, 1), ahead(brought, options, 1);
    for (const int64_t epoch : {0, 1, 0}) {
      for (const int64_t position : {0, 1, 2, 3, 4, 5, 2, 3, 5, 1}) {
        const Batch a = plain.get(epoch, position), b = ahead.get(epoch, position);
        EXPECT_TRUE(torch::equal(a.x, b.x)) << epoch << ", " << position;
        EXPECT_TRUE(torch::equal(a.x, from_copy.get(epoch, position).x));
        EXPECT_TRUE(torch::equal(a.labels, b.labels));
        EXPECT_TRUE(torch::equal(a.indices, b.indices));
        EXPECT_EQ(a.first, b.first);
        EXPECT_EQ(a.others, b.others);
      }
    }
  }
}

}  // namespace
}  // namespace vae
