#include "data/batches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "support/numbered_pictures.h"
#include "support/observations.h"
#include "support/statistics.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr PictureShape kGrey{.channels = 1, .height = 4, .width = 3};
constexpr PictureShape kColour{.channels = 3, .height = 4, .width = 5};

Pictures make_pictures(int64_t count, const PictureShape& shape = kGrey,
                       const ObservationConfig& observation = PlainObservation{},
                       torch::ScalarType type = torch::kDouble) {
  return Pictures(test::numbered_pictures(count, shape), observation, {.type = type});
}

/// x of picture `index`, [C, H, W], from its definition.
Tensor plain_picture(int64_t index, const PictureShape& shape) {
  Tensor x = torch::empty({shape.channels, shape.height, shape.width}, torch::kDouble);
  for (int64_t c = 0; c < shape.channels; ++c)
    for (int64_t row = 0; row < shape.height; ++row)
      for (int64_t column = 0; column < shape.width; ++column)
        x[c][row][column] = test::NumberedPictures::byte(index, row, column, c) / 255.0;
  return x;
}

std::vector<int64_t> numbers(const Tensor& labels) {
  const Tensor flat = labels.contiguous();
  return {flat.data_ptr<int64_t>(), flat.data_ptr<int64_t>() + flat.numel()};
}

/// The numbers of the pictures of an epoch in their order: labels are numbers.
template <class Batches>
std::vector<int64_t> order(Batches&& batches, int64_t epoch) {
  std::vector<int64_t> all;
  for (int64_t position = 0; position < batches.per_epoch(); ++position) {
    const std::vector<int64_t> labels = numbers(batches.get(epoch, position).labels);
    all.insert(all.end(), labels.begin(), labels.end());
  }
  return all;
}

std::vector<int64_t> counting(int64_t count) {
  std::vector<int64_t> all(static_cast<size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

std::vector<int64_t> sorted(std::vector<int64_t> all) {
  std::sort(all.begin(), all.end());
  return all;
}

TEST(Pictures, PutEveryPixelInItsPlace) {
  for (const PictureShape& shape : {kGrey, kColour}) {
    const Pictures pictures = make_pictures(7, shape);
    Random random(1, "unused");
    const Batch batch = pictures.observe(pictures.bytes(0, pictures.size()), pictures.labels(), random);
    ASSERT_EQ(batch.x.sizes(), (std::vector<int64_t>{7, shape.channels, shape.height, shape.width}));
    for (int64_t i = 0; i < 7; ++i) {
      EXPECT_LT(test::distance(batch.x[i], plain_picture(i, shape)), 1e-15);
    }
    EXPECT_EQ(numbers(batch.labels), counting(7));
  }
}

TEST(Pictures, HaveTheTypeOfTheirPlace) {
  for (const auto type : {torch::kFloat, torch::kDouble}) {
    const Pictures pictures = make_pictures(2, kGrey, PlainObservation{}, type);
    Random random(1, "unused");
    EXPECT_EQ(pictures.observe(pictures.bytes(0, pictures.size()), pictures.labels(), random).x.scalar_type(),
              type);
  }
}

TEST(Pictures, MeanIsTheMeanOfThePictures) {
  for (const PictureShape& shape : {kGrey, kColour}) {
    std::vector<Tensor> all;
    for (int64_t i = 0; i < 300; ++i) all.push_back(plain_picture(i, shape));
    const Tensor mean = make_pictures(300, shape).mean();
    EXPECT_EQ(mean.sizes(), all.front().sizes());
    EXPECT_LT(test::distance(mean, torch::stack(all).mean(0)), 1e-6);  // float32 may have been used
  }
}

TEST(Pictures, MeanIsTheSameWhereFewAreSummedAtATime) {
  const Pictures pictures = make_pictures(5, {.channels = 3, .height = 700, .width = 700});
  const Tensor all = pictures.bytes(0, 5).permute({0, 3, 1, 2}).to(torch::kDouble) / 255;
  EXPECT_LT(test::distance(pictures.mean(), all.mean(0)), 1e-6);
}

/// Keeps which pictures it was told will be looked at soon.
class ExpectantPictures : public MemoryDataset {
 public:
  using MemoryDataset::MemoryDataset;
  void expect(int64_t index) const override { expected_.push_back(index); }
  std::vector<int64_t> take_expected() const { return std::exchange(expected_, {}); }

 private:
  mutable std::vector<int64_t> expected_;
};

TEST(TrainingBatches, ExpectsThePicturesOfTheNextBatchAndOfTheNextEpoch) {
  const auto dataset =
      std::make_shared<const ExpectantPictures>(test::NumberedPictures(11, kGrey), /*threads=*/1);
  const Pictures pictures(dataset, PlainObservation{}, {});
  TrainingBatches batches(pictures, {.batch_size = 4}, 1);
  batches.get(0, 0);
  for (int64_t epoch = 0; epoch < 3; ++epoch) {
    for (int64_t position = epoch == 0 ? 1 : 0; position < batches.per_epoch(); ++position) {
      const std::vector<int64_t> expected = dataset->take_expected();
      EXPECT_EQ(numbers(batches.get(epoch, position).labels), expected) << epoch << ", " << position;
    }
  }
}

TEST(TrainingBatches, ShowEveryPictureOnceAnEpoch) {
  const Pictures pictures = make_pictures(23);
  for (const int64_t batch_size : {1, 4, 23, 100}) {
    TrainingBatches batches(pictures, {.batch_size = batch_size}, 1);
    for (const int64_t epoch : {0, 1, 2}) EXPECT_EQ(sorted(order(batches, epoch)), counting(23));
  }
}

TEST(TrainingBatches, OrderIsAFunctionOfSeedAndEpoch) {
  const Pictures pictures = make_pictures(50);
  TrainingBatches batches(pictures, {.batch_size = 8}, 1);
  const auto first = order(batches, 0), second = order(batches, 1);
  EXPECT_NE(first, second);
  EXPECT_NE(first, counting(50));
  EXPECT_EQ(order(batches, 0), first);  // going back
  EXPECT_EQ(order(TrainingBatches(pictures, {.batch_size = 8}, 1), 1), second);
  EXPECT_NE(order(TrainingBatches(pictures, {.batch_size = 8}, 2), 0), first);
}

TEST(TrainingBatches, OrderDoesNotDependOnTheSizeOfTheBatches) {
  const Pictures pictures = make_pictures(50);
  EXPECT_EQ(order(TrainingBatches(pictures, {.batch_size = 8}, 1), 3),
            order(TrainingBatches(pictures, {.batch_size = 50}, 1), 3));
}

TEST(TrainingBatches, EveryPlaceIsAsLikelyForEveryPicture) {
  const Pictures pictures = make_pictures(5);
  TrainingBatches batches(pictures, {.batch_size = 5}, 1);
  std::vector<Tensor> epochs;
  for (int64_t epoch = 0; epoch < 5000; ++epoch) {
    epochs.push_back(torch::one_hot(batches.get(epoch, 0).labels, 5).to(torch::kDouble));
  }
  EXPECT_LT(test::z_score(torch::stack(epochs), 1.0 / 5), test::kStandardErrors);
}

// What a resumed run asks for: any batch, without those before it.
TEST(TrainingBatches, AnyBatchCanBeHadAlone) {
  const Pictures pictures = make_pictures(23, kGrey, Binarize{});
  const TrainingBatches::Options options{.batch_size = 4, .horizontal_flip = true};
  TrainingBatches batches(pictures, options, 1);
  for (const int64_t epoch : {0, 1}) {
    for (int64_t position = 0; position < batches.per_epoch(); ++position) {
      const Batch in_order = batches.get(epoch, position);
      const Batch alone = TrainingBatches(pictures, options, 1).get(epoch, position);
      EXPECT_TRUE(torch::equal(in_order.x, alone.x));
      EXPECT_TRUE(torch::equal(in_order.labels, alone.labels));
    }
  }
}

TEST(TrainingBatches, SharesOfABatchAreTheBatch) {
  for (const ObservationConfig& observation :
       {ObservationConfig(PlainObservation{}), ObservationConfig(Dequantize{}),
        ObservationConfig(Binarize{})}) {
    for (const auto type : {torch::kFloat, torch::kDouble}) {
      const Pictures pictures = make_pictures(10, kColour, observation, type);
      for (const int64_t count :
           {1, 2, 3, 5}) {  // the last batch has 2 pictures: with 3 and more some get none
        for (int64_t position = 0; position < 3; ++position) {
          TrainingBatches::Options options{.batch_size = 4, .horizontal_flip = true};
          const Batch whole = TrainingBatches(pictures, options, 1).get(2, position);
          std::vector<Tensor> x, labels;
          for (int64_t index = 0; index < count; ++index) {
            options.share = {.index = index, .count = count};
            const Batch share = TrainingBatches(pictures, options, 1).get(2, position);
            EXPECT_EQ(share.whole_size(), whole.size());
            EXPECT_EQ(share.first, whole.first + share.others.before);
            x.push_back(share.x);
            labels.push_back(share.labels);
          }
          EXPECT_TRUE(torch::equal(torch::cat(x), whole.x)) << count << " shares";
          EXPECT_TRUE(torch::equal(torch::cat(labels), whole.labels));
        }
      }
    }
  }
}

TEST(TrainingBatches, TheLastBatchIsShortOrLeftOut) {
  const Pictures pictures = make_pictures(10);
  TrainingBatches with(pictures, {.batch_size = 4}, 1);
  ASSERT_EQ(with.per_epoch(), 3);
  EXPECT_EQ(with.get(0, 1).size(), 4);
  EXPECT_EQ(with.get(0, 2).size(), 2);

  TrainingBatches without(pictures, {.batch_size = 4, .drop_last = true}, 1);
  ASSERT_EQ(without.per_epoch(), 2);
  EXPECT_EQ(without.get(0, 1).size(), 4);
  EXPECT_NE(sorted(order(without, 0)), sorted(order(without, 1))) << "others are left out in another epoch";

  EXPECT_EQ(TrainingBatches(pictures, {.batch_size = 5, .drop_last = true}, 1).per_epoch(), 2);
}

TEST(TrainingBatches, SayWhereTheyBegin) {
  const Pictures pictures = make_pictures(10);
  TrainingBatches batches(pictures, {.batch_size = 4}, 1);
  for (const int64_t position : {0, 1, 2}) EXPECT_EQ(batches.get(1, position).first, 4 * position);
}

TEST(TrainingBatches, PixelsAndLabelsStayTogether) {
  const Pictures pictures = make_pictures(23, kColour);
  TrainingBatches batches(pictures, {.batch_size = 23}, 1);
  const Batch batch = batches.get(0, 0);
  const std::vector<int64_t> labels = numbers(batch.labels);
  for (int64_t i = 0; i < 23; ++i) {
    EXPECT_LT(test::distance(batch.x[i], plain_picture(labels[static_cast<size_t>(i)], kColour)), 1e-15);
  }
}

TEST(TrainingBatches, MirrorAboutHalfOfThePictures) {
  constexpr int64_t kCount = 2000;
  const Pictures pictures = make_pictures(kCount, kColour);
  TrainingBatches batches(pictures, {.batch_size = kCount, .horizontal_flip = true}, 1);
  std::vector<Tensor> by_picture, by_row;  // one of each epoch
  for (const int64_t epoch : {0, 1}) {
    const Batch batch = batches.get(epoch, 0);
    const std::vector<int64_t> labels = numbers(batch.labels);
    Tensor flipped = torch::empty({kCount}, torch::kDouble);
    for (int64_t i = 0; i < kCount; ++i) {
      const int64_t number = labels[static_cast<size_t>(i)];
      const Tensor original = plain_picture(number, kColour);
      const bool kept = test::distance(batch.x[i], original) < 1e-15;
      const bool mirrored = test::distance(batch.x[i], original.flip(-1)) < 1e-15;
      ASSERT_NE(kept, mirrored) << "picture " << number << " is neither itself nor its mirror image";
      flipped[i] = mirrored ? 1.0 : 0.0;
    }
    EXPECT_LT(test::z_score(flipped, 0.5), test::kStandardErrors);
    by_row.push_back(flipped);
    by_picture.push_back(torch::empty_like(flipped).index_put_({batch.labels}, flipped));
  }
  // Independent from epoch to epoch: half of the pictures change sides, and half of the places.
  for (const auto& flipped : {by_picture, by_row}) {
    EXPECT_LT(test::z_score((flipped[0] - flipped[1]).abs(), 0.5), test::kStandardErrors);
  }
}

TEST(TrainingBatches, NoiseIsDrawnAnewInEveryEpochAndBatch) {
  const Pictures pictures = make_pictures(8, kColour, Dequantize{});
  TrainingBatches batches(pictures, {.batch_size = 4}, 1);
  const auto noise = [&](int64_t epoch, int64_t position) {
    const Batch batch = batches.get(epoch, position);
    const Tensor cells = 256 * batch.x;
    return cells - cells.floor();
  };
  EXPECT_FALSE(torch::equal(noise(0, 0), noise(0, 1)));
  EXPECT_FALSE(torch::equal(noise(0, 0), noise(1, 0)));
  EXPECT_FALSE(torch::equal(noise(0, 1), noise(1, 0)));
}

TEST(TrainingBatches, AreMadeAgainOfWhatTheirPlaceHolds) {
  const auto dataset = test::numbered_pictures(8, kColour);
  for (const ObservationConfig& observation : test::every_observation()) {
    const Pictures pictures(dataset, observation, {.residence = Residence::device});
    for (const bool flips : {false, true}) {
      TrainingBatches batches(pictures, {.batch_size = 4, .horizontal_flip = flips}, 1);
      const Tensor numbers = torch::zeros({4}, torch::kLong), index = torch::zeros({}, torch::kLong);
      for (const int64_t epoch : {0, 3}) {
        const TrainingBatches::Plan plan = batches.plan(epoch, 1);
        numbers.copy_(plan.numbers);
        index.fill_(plan.index);
        const Batch here = batches.make_in_place(numbers, index), expected = batches.get(epoch, 1);
        EXPECT_TRUE(torch::equal(here.x, expected.x)) << observation.type() << ", flips: " << flips;
        EXPECT_TRUE(torch::equal(here.labels, expected.labels));
        EXPECT_EQ(here.population, 8);
      }
    }
  }
  const Pictures stored(dataset, PlainObservation{}, {});
  EXPECT_FALSE(TrainingBatches(stored, {}, 1).can_be_made_in_place());
}

TEST(TrainingBatches, LeaveTheDefaultGeneratorAlone) {
  const Tensor before = test::default_generator_state();
  const Pictures pictures = make_pictures(8, kGrey, Binarize{});
  TrainingBatches(pictures, {.batch_size = 4, .horizontal_flip = true}, 1).get(0, 0);
  EvaluationBatches(pictures, 4, 1).get(0);
  EXPECT_TRUE(torch::equal(test::default_generator_state(), before));
}

struct WholeSet {
  Tensor x, labels;
};

WholeSet all_batches(const EvaluationBatches& batches) {
  std::vector<Tensor> x, labels;
  int64_t first = 0;
  for (int64_t position = 0; position < batches.count(); ++position) {
    const Batch batch = batches.get(position);
    EXPECT_EQ(batch.first, first);
    first += batch.size();
    x.push_back(batch.x);
    labels.push_back(batch.labels);
  }
  return {torch::cat(x), torch::cat(labels)};
}

TEST(EvaluationBatches, AreInTheOrderOfTheDataAndLeaveNothingOut) {
  const Pictures pictures = make_pictures(23);
  for (const int64_t batch_size : {1, 4, 23, 100}) {
    EXPECT_EQ(numbers(all_batches(EvaluationBatches(pictures, batch_size, 1)).labels), counting(23));
  }
}

TEST(EvaluationBatches, ObserveEachPictureOnceAndForAll) {
  for (const ObservationConfig& observation :
       {ObservationConfig(Binarize{}), ObservationConfig(Dequantize{})}) {
    const Pictures pictures = make_pictures(23, kColour, observation);
    const Tensor expected = all_batches(EvaluationBatches(pictures, 23, 1)).x;
    for (const int64_t batch_size : {1, 4, 10, 100}) {
      const EvaluationBatches batches(pictures, batch_size, 1);
      EXPECT_TRUE(torch::equal(all_batches(batches).x, expected)) << observation.type() << batch_size;
      EXPECT_TRUE(torch::equal(all_batches(batches).x, expected)) << "the second time";
    }
    EXPECT_FALSE(torch::equal(all_batches(EvaluationBatches(pictures, 23, 2)).x, expected)) << "another seed";
  }
}

// A data set with more pictures at its end must not observe those before otherwise.
TEST(EvaluationBatches, NoiseDoesNotDependOnTheNumberOfPictures) {
  const Pictures few = make_pictures(5, kGrey, Binarize{}), many = make_pictures(23, kGrey, Binarize{});
  EXPECT_TRUE(torch::equal(all_batches(EvaluationBatches(few, 4, 1)).x,
                           all_batches(EvaluationBatches(many, 4, 1)).x.slice(0, 0, 5)));
}

TEST(EvaluationBatches, PicturesDoNotShareTheirNoise) {
  const Pictures pictures = make_pictures(23, kColour, Dequantize{});
  const Tensor cells = 256 * all_batches(EvaluationBatches(pictures, 4, 1)).x;
  const Tensor noise = cells - cells.floor();
  for (int64_t i = 1; i < 23; ++i) EXPECT_FALSE(torch::equal(noise[i], noise[0]));
}

}  // namespace
}  // namespace vae
