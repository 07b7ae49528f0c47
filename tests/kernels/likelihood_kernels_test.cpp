#include <gtest/gtest.h>

#include <limits>

#include "kernels/bernoulli.h"
#include "kernels/squared_distance.h"
#include "support/fused.h"

namespace vae {
namespace {

Tensor bernoulli(const std::vector<Tensor>& inputs) { return bernoulli_log_prob(inputs[0], inputs[1]); }
Tensor reference_bernoulli(const std::vector<Tensor>& inputs) {
  return reference::bernoulli_log_prob(inputs[0], inputs[1]);
}
Tensor distance(const std::vector<Tensor>& inputs) { return squared_distance(inputs[0], inputs[1]); }
Tensor reference_distance(const std::vector<Tensor>& inputs) {
  return reference::squared_distance(inputs[0], inputs[1]);
}

struct Shapes {
  std::vector<int64_t> x, outputs;
};

/// One pixel; sizes that fill no vector; a picture of several blocks; leading dimensions over the same
/// pictures.
const std::vector<Shapes> kShapes = {{{1, 1, 1, 1}, {1, 1, 1, 1}},
                                     {{3, 1, 7, 5}, {3, 1, 7, 5}},
                                     {{2, 3, 32, 33}, {2, 3, 32, 33}},
                                     {{5, 1, 28, 28}, {4, 2, 5, 1, 28, 28}},
                                     {{0, 1, 2, 2}, {0, 1, 2, 2}}};

std::string name(const Shapes& shapes) {
  return testing::PrintToString(shapes.x) + " " + testing::PrintToString(shapes.outputs);
}

Tensor binary(torch::IntArrayRef shape) { return (test::draws(shape, 1) > 0).to(torch::kFloat); }

// All terms have one sign: the sum errs relative to itself, by 3 units of each term and those of adding up
// 512.
constexpr double kSumTolerance = 1e-6;

TEST(BernoulliKernel, AgreesWithTheReferenceInFloat64) {
  for (const Shapes& shapes : kShapes) {
    if (shapes.x[0] == 0) continue;
    for (const double scale : {0.01, 1.0, 10.0, 60.0}) {
      test::expect_agreement(bernoulli, reference_bernoulli,
                             {binary(shapes.x), test::draws(shapes.outputs, 2, scale)}, 1, kSumTolerance,
                             name(shapes) + " at logits of " + std::to_string(scale));
    }
  }
}

TEST(BernoulliKernel, TakesGreyPixels) {
  const Tensor x = torch::sigmoid(test::draws({3, 1, 7, 5}, 1));
  const Tensor logits = test::draws({3, 1, 7, 5}, 2);
  const Tensor exact = reference::bernoulli_log_prob(x.to(torch::kDouble), logits.to(torch::kDouble));
  test::expect_close(bernoulli_log_prob(x, logits), exact, exact, kSumTolerance, "grey");
}

TEST(DistanceKernel, AgreesWithTheReferenceInFloat64) {
  for (const Shapes& shapes : kShapes) {
    if (shapes.x[0] == 0) continue;
    for (const double scale : {0.01, 1.0, 1e4}) {
      test::expect_agreement(distance, reference_distance,
                             {test::draws(shapes.x, 1, scale), test::draws(shapes.outputs, 2, scale)}, 1,
                             kSumTolerance, name(shapes) + " at values of " + std::to_string(scale));
    }
  }
}

template <class Operation>
void expect_same_in_any_layout(const Operation& operation) {
  const Tensor x = binary({4, 3, 6, 5}), outputs = test::draws({2, 4, 3, 6, 5}, 2);
  const Tensor arriving = test::draws({2, 4}, 3);
  const test::Evaluated plain = test::evaluate(operation, {x, outputs}, 1, arriving);
  const Tensor x_last = x.contiguous(torch::MemoryFormat::ChannelsLast);
  const Tensor outputs_last =
      outputs.flatten(0, 1).contiguous(torch::MemoryFormat::ChannelsLast).view({2, 4, 3, 6, 5});
  const Tensor strided = torch::stack({outputs, outputs}, -1).select(-1, 0);
  for (const auto& [first, second] : std::vector<std::pair<Tensor, Tensor>>{
           {x_last, outputs_last}, {x, outputs_last}, {x_last, outputs}, {x, strided}}) {
    const test::Evaluated other = test::evaluate(operation, {first, second}, 1, arriving);
    test::expect_close(other.value, plain.value.to(torch::kDouble), plain.value, 1e-6, "value");
    test::expect_close(other.gradients[1], plain.gradients[1].to(torch::kDouble), plain.gradients[1], 1e-6,
                       "gradient");
  }
}

TEST(BernoulliKernel, GivesTheSameInAnyLayout) { expect_same_in_any_layout(bernoulli); }
TEST(DistanceKernel, GivesTheSameInAnyLayout) { expect_same_in_any_layout(distance); }

TEST(BernoulliKernel, PassesOnWhatIsNotANumber) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const Tensor x = binary({2, 1, 5, 5});
  Tensor logits = test::draws({2, 1, 5, 5}, 2);
  logits[1][0][3][3] = kNan;
  const test::Evaluated result = test::evaluate(bernoulli, {x, logits}, 1, torch::ones({2}));
  EXPECT_TRUE(std::isfinite(result.value[0].item<float>()));
  EXPECT_TRUE(std::isnan(result.value[1].item<float>()));
  EXPECT_TRUE(std::isnan(result.gradients[1][1][0][3][3].item<float>()));
}

TEST(BernoulliKernel, LeavesOtherTypesAndShapesToTheReference) {
  const Tensor x = binary({2, 1, 4, 4}), logits = test::draws({2, 1, 4, 4}, 2);
  const auto expect_reference = [](const Tensor& a, const Tensor& b) {
    EXPECT_TRUE(torch::equal(bernoulli_log_prob(a, b), reference::bernoulli_log_prob(a, b)));
  };
  expect_reference(x.to(torch::kDouble), logits.to(torch::kDouble));
  expect_reference(x.to(torch::kBFloat16), logits.to(torch::kBFloat16));
  expect_reference(x[0], logits[0]);
  expect_reference(x.narrow(0, 0, 1), logits);  // one picture against two
  const Tensor learned = x.detach().requires_grad_(true);
  bernoulli_log_prob(learned, logits).sum().backward();
  EXPECT_TRUE(torch::allclose(learned.grad(), logits));
}

template <class Operation>
void expect_no_second_derivative(const Operation& operation) {
  const Tensor outputs = test::draws({2, 1, 4, 4}, 2).requires_grad_(true);
  const Tensor value = operation({binary({2, 1, 4, 4}), outputs}).sum();
  EXPECT_THROW(torch::autograd::grad({value}, {outputs}, {}, /*retain_graph=*/true, /*create_graph=*/true),
               c10::Error);
}

TEST(BernoulliKernel, RefusesSecondDerivatives) { expect_no_second_derivative(bernoulli); }
TEST(DistanceKernel, RefusesSecondDerivatives) { expect_no_second_derivative(distance); }

}  // namespace
}  // namespace vae
