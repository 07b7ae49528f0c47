#include "evaluation/softmax_classifier.h"

#include <gtest/gtest.h>

#include "support/conditional_models.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr uint64_t kSeed = 3;

std::vector<int64_t> alternating(int64_t count) {
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < count; ++i) labels.push_back(i / 2 % 2);
  return labels;
}

Confusion run(int64_t epochs, const NetworkConfig& network = MlpConfig{.hidden = {8}}) {
  const Pictures train = test::halved_pictures(alternating(64)), held_out = test::halved_pictures({0, 1, 1});
  return softmax_classification({.network = network, .classes = 2, .epochs = epochs, .batch_size = 4}, train,
                                EvaluationBatches(held_out, 2, kSeed), kSeed);
}

// Two classes that a single weight tells apart: Adam's 160 steps of 0.001 move every weight by up to 0.16,
// the sum over six white pixels by enough whatever the start.
TEST(SoftmaxClassifier, LearnsClassesThatDoNotOverlap) {
  const Confusion confusion = run(10);
  EXPECT_EQ(confusion.pictures(), 3);
  EXPECT_EQ(confusion.accuracy(), 1);
}

TEST(SoftmaxClassifier, DrawsFromNoStreamButItsOwn) {
  const Tensor before = test::default_generator_state();
  run(1);
  EXPECT_TRUE(torch::equal(test::default_generator_state(), before));
}

}  // namespace
}  // namespace vae
