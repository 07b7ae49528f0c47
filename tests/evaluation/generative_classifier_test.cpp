#include "evaluation/generative_classifier.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "objectives/amortized.h"
#include "objectives/scores.h"
#include "support/conditional_models.h"
#include "support/tensors.h"
#include "support/throws.h"

namespace vae {
namespace {

constexpr std::array<int64_t, 3> kSamples = {1, 2, 5};
constexpr uint64_t kSeed = 3;
const std::vector<int64_t> kLabels = {0, 1, 1, 0, 1, 1, 1};

Tensor counts(const std::vector<int64_t>& numbers, int64_t rows) {
  return torch::tensor(numbers, torch::kLong).view({rows, rows});
}

TEST(ClassFrequencies, AreThoseOfTheTrainingPictures) {
  const std::vector<int64_t> numbers = {1, 3};
  EXPECT_LT(test::distance(log_class_frequencies(numbers, 2).exp(), test::values({0.25, 0.75})), 1e-15);
}

TEST(ClassFrequencies, AreEqualWhereNothingIsKnown) {
  EXPECT_LT(test::distance(log_class_frequencies({}, 4).exp(), test::values({0.25, 0.25, 0.25, 0.25})),
            1e-15);
}

TEST(GenerativeClassifier, TellsClassesThatDoNotOverlap) {
  const Pictures pictures = test::halved_pictures(kLabels);
  for (const int64_t batch_size : {2, 100}) {
    const auto result =
        classify(*test::model_of_halves(20), Amortized(), EvaluationBatches(pictures, batch_size, kSeed),
                 log_class_frequencies({}, 2), kSamples, kSeed);
    ASSERT_EQ(result.size(), kSamples.size());
    for (const GenerativeClassification& row : result) {
      EXPECT_EQ(row.confusion.accuracy(), 1);
      EXPECT_TRUE(torch::equal(row.confusion.counts(), counts({2, 0, 0, 5}, 2)));
    }
  }
}

// Each class and each K by itself, by score(), on a model that means nothing in particular.
TEST(GenerativeClassifier, IsBayesRuleWithTheBoundOfEachK) {
  const Pictures pictures = test::halved_pictures(kLabels);
  const auto model = test::linear_conditional_model(pictures.dataset().shape(), 2);
  const EvaluationBatches batches(pictures, 100, kSeed);
  const Tensor log_prior = test::values({std::log(0.4), std::log(0.6)});
  const auto result = classify(*model, Amortized(), batches, log_prior, kSamples, kSeed);
  Batch batch = batches.get(0);
  const Tensor labels = batch.labels;
  for (size_t k = 0; k < kSamples.size(); ++k) {
    std::vector<Tensor> scores;
    for (int64_t label = 0; label < 2; ++label) {
      batch.labels = torch::full_like(labels, label);
      scores.push_back(
          score(*model, *model->encode(batch.x, batch.labels), batch, kSamples[k], kSeed).log_mean_weight +
          log_prior[label]);
    }
    Confusion expected(2);
    expected.add(labels, torch::stack(scores).argmax(0));
    EXPECT_EQ(result[k].samples, kSamples[k]);
    EXPECT_TRUE(torch::equal(result[k].confusion.counts(), expected.counts())) << kSamples[k];
  }
}

TEST(GenerativeClassifier, TellsTheFirstOfEqualClasses) {
  const Pictures pictures = test::halved_pictures(kLabels);
  const auto result = classify(*test::model_of_halves(0), Amortized(), EvaluationBatches(pictures, 3, kSeed),
                               log_class_frequencies({}, 2), kSamples, kSeed);
  EXPECT_TRUE(torch::equal(result[0].confusion.counts(), counts({2, 0, 5, 0}, 2)));
}

TEST(GenerativeClassifier, FollowsTheFrequenciesWhereThePictureSaysNothing) {
  const Pictures pictures = test::halved_pictures(kLabels);
  const std::vector<int64_t> numbers = {1, 9};
  const auto result = classify(*test::model_of_halves(0), Amortized(), EvaluationBatches(pictures, 3, kSeed),
                               log_class_frequencies(numbers, 2), kSamples, kSeed);
  EXPECT_TRUE(torch::equal(result[0].confusion.counts(), counts({0, 2, 0, 5}, 2)));
}

TEST(GenerativeClassifier, NeverTellsAClassWithoutTrainingPictures) {
  const Pictures pictures = test::halved_pictures(kLabels);
  const std::vector<int64_t> numbers = {7, 0};
  const auto result = classify(*test::model_of_halves(20), Amortized(), EvaluationBatches(pictures, 3, kSeed),
                               log_class_frequencies(numbers, 2), kSamples, kSeed);
  EXPECT_TRUE(torch::equal(result[2].confusion.counts(), counts({2, 0, 5, 0}, 2)));
}

TEST(GenerativeClassifier, RefusesAModelWithoutClasses) {
  const Pictures pictures = test::halved_pictures(kLabels);
  const auto model = test::tiny_model(test::tiny_config(), pictures.dataset().shape());
  const EvaluationBatches batches(pictures, 3, kSeed);
  EXPECT_TRUE(test::throws<UsageError>(
      [&] { classify(*model, Amortized(), batches, log_class_frequencies({}, 2), kSamples, kSeed); },
      {"not conditioned on classes"}));
}

TEST(Confusion, CountsAndRefusesWhatHasNoClass) {
  Confusion confusion(3);
  EXPECT_EQ(confusion.accuracy(), 0);
  confusion.add(torch::tensor({0, 2, 2, 1}), torch::tensor({0, 1, 2, 1}));
  confusion.add(torch::tensor({2}), torch::tensor({1}));
  EXPECT_TRUE(torch::equal(confusion.counts(), counts({1, 0, 0, 0, 1, 0, 0, 2, 1}, 3)));
  EXPECT_EQ(confusion.pictures(), 5);
  EXPECT_DOUBLE_EQ(confusion.accuracy(), 0.6);
  for (const int64_t label : {-1, 3}) {
    EXPECT_TRUE(test::throws<DataError>([&] { confusion.add(torch::tensor({label}), torch::tensor({0})); },
                                        {"none of the 3 classes"}));
  }
}

}  // namespace
}  // namespace vae
