#include "model/layers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

#include "core/noise.h"
#include "support/statistics.h"
#include "support/tensors.h"

namespace vae {
namespace {

Tensor random_tensor(std::vector<int64_t> shape, const char* purpose) {
  Random random(1, purpose);
  return normal(random, shape, test::kFloat64);
}

/// The layer in float64 with random weights and bias.
template <class AnyLayer>
AnyLayer& randomized(AnyLayer& layer) {
  layer.to(torch::kDouble);
  const at::NoGradGuard guard;
  layer.weight.copy_(random_tensor(layer.weight.sizes().vec(), "weight"));
  layer.bias.copy_(random_tensor(layer.bias.sizes().vec(), "bias"));
  return layer;
}

TEST(Linear, IsAnAffineMapAndItsActivation) {
  Linear linear(4, 3, Activation::tanh);
  randomized(linear);
  const Tensor x = random_tensor({2, 5, 4}, "x");
  const Tensor y = linear.forward(x);
  ASSERT_EQ(y.sizes(), (std::vector<int64_t>{2, 5, 3}));
  ASSERT_EQ(linear.weight.sizes(), (std::vector<int64_t>{3, 4}));
  for (const int64_t output : {0, 1, 2}) {
    const Tensor expected = torch::tanh((x[1][3] * linear.weight[output]).sum() + linear.bias[output]);
    EXPECT_NEAR(y[1][3][output].item<double>(), expected.item<double>(), 1e-14);
  }
}

TEST(Projection, IsALinearMap) {
  Projection projection(4, 3);
  projection.to(torch::kDouble);
  projection.initialize(Random(1, "weights"));
  const Tensor x = random_tensor({2, 5, 4}, "x");
  const Tensor y = projection.forward(x);
  ASSERT_EQ(y.sizes(), (std::vector<int64_t>{2, 5, 3}));
  EXPECT_EQ(projection.parameters().size(), 1u);
  for (const int64_t output : {0, 1, 2}) {
    const Tensor expected = (x[1][3] * projection.weight[output]).sum();
    EXPECT_NEAR(y[1][3][output].item<double>(), expected.item<double>(), 1e-14);
  }
}

/// tanh(conv(x) + b) at one place by its definition, padding 1.
double convolution_at(const Layer& layer, int64_t stride, const Tensor& x, int64_t output, int64_t row,
                      int64_t column) {
  double sum = layer.bias[output].item<double>();
  for (int64_t input = 0; input < x.size(0); ++input) {
    for (int64_t i = 0; i < layer.weight.size(2); ++i) {
      for (int64_t j = 0; j < layer.weight.size(3); ++j) {
        const int64_t y = stride * row - 1 + i, z = stride * column - 1 + j;
        if (y < 0 || z < 0 || y >= x.size(1) || z >= x.size(2)) continue;
        sum += (layer.weight[output][input][i][j] * x[input][y][z]).item<double>();
      }
    }
  }
  return std::tanh(sum);
}

void expect_convolution(const Layer& layer, int64_t stride, const Tensor& x, const Tensor& y) {
  for (int64_t output = 0; output < y.size(1); ++output)
    for (int64_t row = 0; row < y.size(2); ++row)
      for (int64_t column = 0; column < y.size(3); ++column)
        EXPECT_NEAR(y[0][output][row][column].item<double>(),
                    convolution_at(layer, stride, x[0], output, row, column), 1e-13);
}

TEST(Downsample, IsTheConvolutionOfItsDefinition) {
  Downsample layer(2, 3, Activation::tanh);
  randomized(layer);
  const Tensor x = 0.2 * random_tensor({1, 2, 6, 7}, "x");
  const Tensor y = layer.forward(x);
  ASSERT_EQ(y.sizes(), (std::vector<int64_t>{1, 3, 3, 3}));
  expect_convolution(layer, /*stride=*/2, x, y);
}

TEST(Convolution, KeepsTheSizeAndIsTheConvolutionOfItsDefinition) {
  Convolution layer(2, 3, Activation::tanh);
  randomized(layer);
  const Tensor x = 0.2 * random_tensor({1, 2, 4, 5}, "x");
  const Tensor y = layer.forward(x);
  ASSERT_EQ(y.sizes(), (std::vector<int64_t>{1, 3, 4, 5}));
  expect_convolution(layer, /*stride=*/1, x, y);
}

TEST(Downsample, HalvesEverySide) {
  const Downsample layer(1, 2, Activation::relu);
  for (int64_t height = 2; height < 12; ++height) {
    const Tensor y = layer.forward(torch::zeros({3, 1, height, 9}));
    EXPECT_EQ(y.sizes(), (std::vector<int64_t>{3, 2, height / 2, 4}));
  }
}

// <A x, y> = <x, A^T y> for all x and y, with the same weights: even and odd sides.
TEST(Upsample, IsTheTransposedDownsampling) {
  for (const int64_t height : {6, 7}) {
    for (const int64_t width : {4, 5, 9}) {
      Downsample down(2, 3, Activation::identity);
      Upsample up(3, 2, height, width, Activation::identity);
      randomized(down);
      up.to(torch::kDouble);
      {
        const at::NoGradGuard guard;
        ASSERT_EQ(up.weight.sizes(), down.weight.sizes());
        up.weight.copy_(down.weight);
        down.bias.zero_();
        up.bias.zero_();
      }
      const Tensor x = random_tensor({1, 2, height, width}, "x");
      const Tensor y = random_tensor({1, 3, height / 2, width / 2}, "y");
      const Tensor back = up.forward(y);
      ASSERT_EQ(back.sizes(), x.sizes());
      EXPECT_NEAR((down.forward(x) * y).sum().item<double>(), (x * back).sum().item<double>(), 1e-11);
    }
  }
}

TEST(Upsample, AddsTheBiasAndActivates) {
  Upsample layer(3, 2, 7, 8, Activation::tanh);
  randomized(layer);
  const Tensor y = layer.forward(torch::zeros({1, 3, 3, 4}, test::kFloat64));
  ASSERT_EQ(y.sizes(), (std::vector<int64_t>{1, 2, 7, 8}));
  EXPECT_LT(test::distance(y, torch::tanh(layer.bias).view({1, 2, 1, 1}).expand_as(y)), 1e-15);
}

struct Fans {
  std::shared_ptr<Layer> layer;
  double in, out;
};

/// One of each kind. A convolution of kernel 4 and stride 2 shows each of its inputs to 2 x 2 of its outputs.
std::vector<Fans> every_layer(Activation activation) {
  return {{std::make_shared<Linear>(150, 400, activation), 150, 400},
          {std::make_shared<Projection>(150, 400), 150, 400},
          {std::make_shared<Convolution>(24, 80, activation), 24 * 9, 80 * 9},
          {std::make_shared<Downsample>(24, 80, activation), 24 * 16, 80 * 4},
          {std::make_shared<Upsample>(24, 80, 8, 8, activation), 24 * 4, 80 * 16}};
}

TEST(Layer, WeightsStartUniformWithVarianceTwoOverTheSumOfTheFans) {
  for (const auto activation : {Activation::identity, Activation::relu, Activation::tanh}) {
    for (const auto& [layer, in, out] : every_layer(activation)) {
      layer->initialize(Random(1, "weights"));
      const Tensor w = layer->weight.detach().flatten().to(torch::kDouble) / std::sqrt(2 / (in + out));
      EXPECT_LT(test::z_score(w, 0.0), test::kStandardErrors);
      EXPECT_LT(test::z_score(w.square(), 1.0), test::kStandardErrors);
      EXPECT_LT(w.abs().max().item<double>(), std::sqrt(3) * (1 + 1e-6));  // bound of a unit uniform
    }
  }
}

TEST(Layer, BiasesStartAtZero) {
  for (const auto& [layer, in, out] : every_layer(Activation::relu)) {
    if (!layer->bias.defined()) continue;
    test::fill_parameters(*layer, 1);
    layer->initialize(Random(1, "weights"));
    EXPECT_EQ(layer->bias.abs().max().item<double>(), 0);
  }
}

TEST(Layer, AGainMultipliesTheWeightsAtTheStart) {
  Convolution one(4, 6, Activation::identity), quarter(4, 6, Activation::identity, 0.25);
  one.initialize(Random(1, "weights"));
  quarter.initialize(Random(1, "weights"));
  EXPECT_TRUE(torch::equal(quarter.weight, 0.25 * one.weight));
}

TEST(Layer, InitializationIsAFunctionOfTheStream) {
  const Tensor before = test::default_generator_state();
  const auto weights = [](uint64_t seed) {
    Linear layer(5, 7, Activation::relu);
    layer.initialize(Random(seed, "weights"));
    return layer.weight.detach().clone();
  };
  EXPECT_TRUE(torch::equal(weights(1), weights(1)));
  EXPECT_FALSE(torch::equal(weights(1), weights(2)));
  EXPECT_TRUE(torch::equal(test::default_generator_state(), before));
}

// Wu and He 2018, eq. 1 to 6: the mean and the variance over a group's channels and all places, for each
// picture.
TEST(GroupNorm, IsItsFormula) {
  GroupNorm norm(6, 2, Activation::tanh);
  randomized(norm);
  const Tensor x = 3 * random_tensor({2, 6, 4, 5}, "x") + 1;
  const Tensor y = norm.forward(x);
  ASSERT_EQ(y.sizes(), x.sizes());
  for (const int64_t channel : {0, 2, 3, 5}) {
    const Tensor group = x[1].slice(0, channel < 3 ? 0 : 3, channel < 3 ? 3 : 6);
    const Tensor centred = x[1][channel] - group.mean();
    const Tensor normalised = centred / torch::sqrt((group - group.mean()).square().mean() + 1e-6);
    EXPECT_LT(
        test::distance(y[1][channel], torch::tanh(norm.weight[channel] * normalised + norm.bias[channel])),
        1e-13);
  }
}

TEST(GroupNorm, KeepsTheLayoutForwardAndBackward) {
  const GroupNorm norm(4, 2, Activation::silu);
  for (const auto layout : {at::MemoryFormat::Contiguous, at::MemoryFormat::ChannelsLast}) {
    const Tensor x = random_tensor({2, 4, 3, 5}, "x").to(torch::kFloat).contiguous(layout).requires_grad_();
    const Tensor y = norm.forward(x);
    EXPECT_TRUE(y.is_contiguous(layout));
    y.square().sum().backward();
    EXPECT_TRUE(x.grad().is_contiguous(layout));
  }
}

TEST(InitializeLayers, LeavesANormAtOneAndZero) {
  torch::nn::Module module;
  const auto norm = module.register_module("norm", std::make_shared<GroupNorm>(4, 2, Activation::identity));
  initialize_layers(module, 1);
  EXPECT_TRUE(torch::equal(norm->weight, torch::ones({4})));
  EXPECT_TRUE(torch::equal(norm->bias, torch::zeros({4})));
}

/// Layers under the given names, all of one shape.
std::shared_ptr<torch::nn::Module> module_with(const std::vector<std::string>& layer_names) {
  auto module = std::make_shared<torch::nn::Module>();
  for (const std::string& name : layer_names) {
    auto inner = module->register_module(name, std::make_shared<torch::nn::Module>());
    inner->register_module("layer", std::make_shared<Linear>(4, 4, Activation::relu));
  }
  return module;
}

std::map<std::string, Tensor> initialized(const std::vector<std::string>& layer_names, uint64_t seed) {
  const auto module = module_with(layer_names);
  initialize_layers(*module, seed);
  std::map<std::string, Tensor> weights;
  for (const auto& parameter : module->named_parameters()) {
    weights[parameter.key()] = parameter.value().detach().clone();
  }
  return weights;
}

TEST(InitializeLayers, GivesEachLayerWeightsBySeedAndName) {
  const auto weights = initialized({"a", "b"}, 1);
  ASSERT_TRUE(weights.contains("a.layer.weight"));
  const auto same = [&](const Tensor& other) { return torch::equal(weights.at("a.layer.weight"), other); };
  EXPECT_TRUE(same(initialized({"a", "b"}, 1).at("a.layer.weight")));
  EXPECT_FALSE(same(weights.at("b.layer.weight"))) << "another name";
  EXPECT_FALSE(same(initialized({"a", "b"}, 2).at("a.layer.weight"))) << "another seed";
}

TEST(InitializeLayers, OtherLayersDoNotMatter) {
  const Tensor alone = initialized({"b"}, 1).at("b.layer.weight");
  EXPECT_TRUE(torch::equal(alone, initialized({"a", "b", "c"}, 1).at("b.layer.weight")));
  EXPECT_TRUE(torch::equal(alone, initialized({"c", "b"}, 1).at("b.layer.weight")));
}

}  // namespace
}  // namespace vae
