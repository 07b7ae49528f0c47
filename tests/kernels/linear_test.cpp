#include "kernels/linear.h"

#include <gtest/gtest.h>

#include <array>

#include "kernels/product.h"
#include "support/fused.h"
#include "training/autocast.h"

namespace vae {
namespace {

constexpr std::array kActivations = {FusedActivation::identity, FusedActivation::relu,
                                     FusedActivation::leaky_relu, FusedActivation::tanh};

struct Shape {
  int64_t rows, inputs, outputs;
};
constexpr std::array kShapes = {Shape{1, 1, 1}, Shape{3, 7, 5}, Shape{20, 200, 100}, Shape{128, 784, 65},
                                Shape{5, 9, 4100}};

TEST(LinearKernel, AgreesWithTheReferenceInFloat64) {
  for (const FusedActivation activation : kActivations) {
    const auto fused = [&](const std::vector<Tensor>& t) { return linear(t[0], t[1], t[2], activation); };
    const auto plain = [&](const std::vector<Tensor>& t) {
      return reference::linear_layers(t[0], std::array{LinearLayer{t[1], t[2], activation}});
    };
    for (const Shape& shape : kShapes) {
      const std::vector<Tensor> inputs = {test::draws({shape.rows, shape.inputs}, 1),
                                          test::draws({shape.outputs, shape.inputs}, 2, 0.1),
                                          test::draws({shape.outputs}, 3)};
      const Tensor arriving = test::draws({shape.rows, shape.outputs}, 4);
      const test::Evaluated ours = test::evaluate(fused, inputs, 0, arriving);
      const test::Evaluated exact = test::evaluate(plain, test::in_float64(inputs), 0, arriving);
      const std::string what =
          std::to_string(shape.rows) + " rows, activation " + std::to_string(static_cast<int>(activation));
      test::expect_close_by_size(ours.value, exact.value, shape.inputs, what + ", value");
      for (size_t i = 0; i < 3; ++i) {
        test::expect_close_by_size(ours.gradients[i], exact.gradients[i], shape.inputs + shape.rows,
                                   what + ", gradient of input " + std::to_string(i));
      }
    }
  }
}

TEST(LinearKernel, GoesThroughSeveralLayersAsOneByOne) {
  const std::vector<Tensor> inputs = {test::draws({20, 30}, 1), test::draws({50, 30}, 2, 0.2),
                                      test::draws({50}, 3),     test::draws({40, 50}, 4, 0.2),
                                      test::draws({40}, 5),     test::draws({7, 40}, 6, 0.2),
                                      test::draws({7}, 7)};
  const auto layers = [](const std::vector<Tensor>& t) {
    return std::array{LinearLayer{t[1], t[2], FusedActivation::tanh},
                      LinearLayer{t[3], t[4], FusedActivation::leaky_relu},
                      LinearLayer{t[5], t[6], FusedActivation::identity}};
  };
  const auto at_once = [&](const std::vector<Tensor>& t) { return linear_layers(t[0], layers(t)); };
  const auto one_by_one = [&](const std::vector<Tensor>& t) {
    Tensor x = t[0];
    for (const LinearLayer& layer : layers(t)) x = linear(x, layer.weight, layer.bias, layer.activation);
    return x;
  };
  const auto plain = [&](const std::vector<Tensor>& t) { return reference::linear_layers(t[0], layers(t)); };
  const Tensor arriving = test::draws({20, 7}, 8);
  const test::Evaluated ours = test::evaluate(at_once, inputs, 0, arriving);
  const test::Evaluated single = test::evaluate(one_by_one, inputs, 0, arriving);
  const test::Evaluated exact = test::evaluate(plain, test::in_float64(inputs), 0, arriving);
  EXPECT_TRUE(torch::equal(ours.value, single.value));
  for (size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_TRUE(torch::equal(ours.gradients[i], single.gradients[i])) << i;
    test::expect_close_by_size(ours.gradients[i], exact.gradients[i], 120,
                               "gradient of " + std::to_string(i));
  }
}

TEST(LinearKernel, PassesGradientsThroughLayersThatLearnNothing) {
  const Tensor x = test::draws({4, 5}, 1).requires_grad_(true), weight = test::draws({5, 5}, 2),
               bias = test::draws({5}, 3);
  const Tensor last = test::draws({6, 5}, 4).requires_grad_(true), last_bias = test::draws({6}, 5);
  const std::array layers = {LinearLayer{weight, bias, FusedActivation::tanh},
                             LinearLayer{last, last_bias, FusedActivation::identity}};
  linear_layers(x, layers).sum().backward();
  EXPECT_TRUE(x.grad().defined());
  EXPECT_TRUE(last.grad().defined());
  EXPECT_FALSE(weight.grad().defined());
}

TEST(LinearKernel, TakesAnyLeadingDimensionsAndLayout) {
  const Tensor x = test::draws({2, 3, 4, 5}, 1), weight = test::draws({6, 5}, 2), bias = test::draws({6}, 3);
  const Tensor rows = linear(x.view({24, 5}), weight, bias, FusedActivation::tanh);
  EXPECT_TRUE(torch::equal(linear(x, weight, bias, FusedActivation::tanh), rows.view({2, 3, 4, 6})));
  const Tensor turned = x.view({24, 5}).t().contiguous().t();
  EXPECT_LT(test::distance(linear(turned, weight, bias, FusedActivation::tanh), rows), 1e-6);
  EXPECT_EQ(linear(torch::zeros({0, 5}), weight, bias, FusedActivation::relu).sizes(),
            (std::vector<int64_t>{0, 6}));
}

TEST(LinearKernel, ComputesNoGradientThatNobodyWants) {
  const Tensor x = test::draws({4, 5}, 1), weight = test::draws({6, 5}, 2).requires_grad_(true);
  const Tensor bias = test::draws({6}, 3);
  linear(x, weight, bias, FusedActivation::relu).sum().backward();
  EXPECT_TRUE(weight.grad().defined());
  EXPECT_FALSE(x.grad().defined());
  EXPECT_FALSE(linear(x, weight.detach(), bias, FusedActivation::relu).requires_grad());
}

TEST(LinearKernel, RoundsTheFactorsOfProductsWhereReducedPrecisionIsAsked) {
  if (!multiplies_bfloat16()) GTEST_SKIP() << "this processor does not multiply bfloat16";
  const std::vector<Tensor> inputs = {test::draws({30, 50}, 1), test::draws({40, 50}, 2, 0.2),
                                      test::draws({40}, 3)};
  const Tensor arriving = test::draws({30, 40}, 4);
  const auto layer = [](const std::vector<Tensor>& t) {
    return linear(t[0], t[1], t[2], FusedActivation::tanh);
  };
  const auto reduced = [&](const std::vector<Tensor>& t) {
    const Autocast autocast(torch::kCPU, true);
    return layer(t);
  };
  const test::Evaluated ours = test::evaluate(reduced, inputs, 0, arriving);
  const auto rounded = [](const Tensor& t) { return t.to(torch::kBFloat16).to(torch::kDouble); };
  const Tensor x = rounded(inputs[0]), weight = rounded(inputs[1]);
  const Tensor y = torch::tanh(torch::linear(x, weight, inputs[2].to(torch::kDouble)));
  const Tensor slope = arriving.to(torch::kDouble) * (1 - y.square());
  ASSERT_EQ(ours.value.scalar_type(), torch::kFloat);
  test::expect_close_by_size(ours.value, y, 50, "value");
  // A slope next to the middle of two bfloat16 may go to either.
  const double tolerance = 0x1p-8;
  test::expect_close(ours.gradients[0], torch::mm(rounded(slope), weight),
                     torch::mm(slope.abs(), weight.abs()), tolerance, "gradient of x");
  test::expect_close(ours.gradients[1], torch::mm(rounded(slope).t(), x), torch::mm(slope.abs().t(), x.abs()),
                     tolerance, "gradient of the weight");
  test::expect_close_by_size(ours.gradients[2], slope.sum(0), 30, "gradient of the bias");
}

TEST(LinearKernel, RefusesSecondDerivatives) {
  const Tensor x = test::draws({4, 5}, 1).requires_grad_(true);
  const Tensor value = linear(x, test::draws({6, 5}, 2), test::draws({6}, 3), FusedActivation::tanh).sum();
  EXPECT_THROW(torch::autograd::grad({value}, {x}, {}, /*retain_graph=*/true, /*create_graph=*/true),
               c10::Error);
}

}  // namespace
}  // namespace vae
