#include "kernels/bernoulli_layer.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "kernels/bernoulli.h"
#include "kernels/product.h"
#include "support/fused.h"
#include "training/autocast.h"

namespace vae {
namespace {

struct Shapes {
  std::vector<int64_t> x, hidden;
};

/// One number; sizes that fill no vector; leading dimensions over the same pictures; parts of the bias that
/// are not equally long.
const std::vector<Shapes> kShapes = {{{1, 1, 1, 1}, {1, 1}},
                                     {{3, 2, 7, 5}, {3, 9}},
                                     {{5, 1, 28, 28}, {4, 20, 5, 30}},
                                     {{40, 1, 17, 17}, {40, 65}}};

/// x, hidden, weight, bias.
std::vector<Tensor> inputs_for(const Shapes& shapes, double scale) {
  const int64_t pixels = shapes.x[1] * shapes.x[2] * shapes.x[3], width = shapes.hidden.back();
  return {(test::draws(shapes.x, 1) > 0).to(torch::kFloat), test::draws(shapes.hidden, 2),
          test::draws({pixels, width}, 3, scale), test::draws({pixels}, 4, scale)};
}

LinearLayer layer_of(const std::vector<Tensor>& inputs) {
  return {inputs[2], inputs[3], FusedActivation::identity};
}
Tensor fused(const std::vector<Tensor>& inputs) {
  return bernoulli_log_prob_of_layer(inputs[0], inputs[1], layer_of(inputs));
}
Tensor plain(const std::vector<Tensor>& inputs) {
  return reference::bernoulli_log_prob_of_layer(inputs[0], inputs[1], layer_of(inputs));
}

TEST(BernoulliLayerKernel, AgreesWithTheReferenceInFloat64) {
  for (const Shapes& shapes : kShapes) {
    for (const double scale : {0.05, 1.0}) {
      const std::vector<Tensor> inputs = inputs_for(shapes, scale);
      const Tensor arriving = test::draws(fused(inputs).sizes(), 9);
      const test::Evaluated ours = test::evaluate(fused, inputs, 1, arriving);
      const test::Evaluated exact = test::evaluate(plain, test::in_float64(inputs), 1, arriving);
      const std::string what = testing::PrintToString(shapes.hidden) + " at " + std::to_string(scale);
      test::expect_close_by_size(ours.value, exact.value, shapes.hidden.back(), what + ", value");
      const int64_t rows = ours.value.numel(), pixels = inputs[3].numel();
      for (const size_t i : {1UL, 2UL, 3UL})
        test::expect_close_by_size(ours.gradients[i], exact.gradients[i], rows + pixels,
                                   what + ", gradient of input " + std::to_string(i));
      const torch::NoGradGuard no_grad;
      test::expect_close_by_size(fused(inputs), exact.value, shapes.hidden.back(),
                                 what + ", without gradients");
    }
  }
}

TEST(BernoulliLayerKernel, SumsForTheBiasTheSameOnAnyNumberOfThreads) {
  const std::vector<Tensor> inputs = inputs_for({{7, 1, 28, 28}, {30, 7, 40}}, 1);
  const Tensor arriving = test::draws({30, 7}, 9);
  const auto of_bias = [&] { return test::evaluate(fused, inputs, 1, arriving).gradients[3]; };
  EXPECT_TRUE(torch::equal(test::on_threads(3, of_bias), test::on_threads(1, of_bias)));
}

TEST(BernoulliLayerKernel, GivesEachInputAloneItsGradient) {
  const std::vector<Tensor> inputs = inputs_for(kShapes[1], 1);
  const test::Evaluated all = test::evaluate(fused, inputs, 1, torch::ones({3}));
  for (const size_t i : {1UL, 2UL, 3UL}) {
    std::vector<Tensor> some = inputs;
    some[i] = inputs[i].detach().requires_grad_(true);
    fused(some).sum().backward();
    EXPECT_TRUE(torch::equal(some[i].grad(), all.gradients[i])) << i;
  }
}

TEST(BernoulliLayerKernel, LeavesOtherTypesAndLayersToTheReference) {
  const std::vector<Tensor> inputs = inputs_for(kShapes[1], 1), doubles = test::in_float64(inputs);
  EXPECT_TRUE(torch::equal(fused(doubles), plain(doubles)));
  const LinearLayer rectified = {inputs[2], inputs[3], FusedActivation::relu};
  EXPECT_TRUE(torch::allclose(bernoulli_log_prob_of_layer(inputs[0], inputs[1], rectified),
                              reference::bernoulli_log_prob_of_layer(inputs[0], inputs[1], rectified), 1e-5));
  const Tensor learned = inputs[0].detach().requires_grad_(true);
  bernoulli_log_prob_of_layer(learned, inputs[1], layer_of(inputs)).sum().backward();
  const Tensor logits = linear(inputs[1], inputs[2], inputs[3], FusedActivation::identity);
  EXPECT_TRUE(torch::allclose(learned.grad().flatten(1), logits));
}

TEST(BernoulliLayerKernel, PassesOnWhatIsNotANumber) {
  std::vector<Tensor> inputs = inputs_for(kShapes[1], 1);
  inputs[1][1][2] = std::numeric_limits<float>::quiet_NaN();
  const Tensor value = fused(inputs);
  EXPECT_TRUE(std::isfinite(value[0].item<float>()));
  EXPECT_TRUE(std::isnan(value[1].item<float>()));
}

TEST(BernoulliLayerKernel, RoundsTheFactorsOfProductsWhereReducedPrecisionIsAsked) {
  if (!multiplies_bfloat16()) GTEST_SKIP() << "this processor does not multiply bfloat16";
  const std::vector<Tensor> inputs = inputs_for(kShapes[2], 0.2);
  const Tensor arriving = test::draws({4, 20, 5}, 9);
  const auto reduced = [](const std::vector<Tensor>& t) {
    const Autocast autocast(torch::kCPU, true);
    return fused(t);
  };
  const test::Evaluated ours = test::evaluate(reduced, inputs, 1, arriving);
  const auto rounded = [](const Tensor& t) { return t.to(torch::kBFloat16).to(torch::kDouble); };
  const Tensor hidden = rounded(inputs[1]).flatten(0, -2), weight = rounded(inputs[2]);
  const Tensor x = inputs[0].to(torch::kDouble), factors = arriving.flatten().to(torch::kDouble).unsqueeze(1);
  const Tensor logits = torch::linear(hidden, weight, inputs[3].to(torch::kDouble));
  const Tensor exact = reference::bernoulli_log_prob(x, logits.view({4, 20, 5, 1, 28, 28}));
  const Tensor slopes = x.flatten(1).repeat({80, 1}) - torch::sigmoid(logits);
  ASSERT_EQ(ours.value.scalar_type(), torch::kFloat);
  test::expect_close_by_size(ours.value, exact, 30, "value");
  // Two factors are rounded, each by half of 2^-8.
  const double tolerance = 0x1p-8;
  const Tensor of_hidden = factors * torch::mm(slopes, weight);
  test::expect_close(ours.gradients[1].flatten(0, -2), of_hidden,
                     factors.abs() * torch::mm(slopes.abs(), weight.abs()), tolerance, "gradient of hidden");
  const Tensor scaled = factors * inputs[1].flatten(0, -2).to(torch::kDouble);
  test::expect_close(ours.gradients[2], torch::mm(slopes.t(), scaled),
                     torch::mm(slopes.abs().t(), scaled.abs()), tolerance, "gradient of the weight");
  test::expect_close_by_size(ours.gradients[3], (factors * slopes).sum(0), 400, "gradient of the bias");
}

TEST(BernoulliLayerKernel, RefusesSecondDerivatives) {
  std::vector<Tensor> inputs = inputs_for(kShapes[1], 1);
  inputs[1].requires_grad_(true);
  const Tensor value = fused(inputs).sum();
  EXPECT_THROW(torch::autograd::grad({value}, {inputs[1]}, {}, /*retain_graph=*/true, /*create_graph=*/true),
               c10::Error);
}

}  // namespace
}  // namespace vae
