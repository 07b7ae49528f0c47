// What holds for every network.
#include "model/networks.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/noise.h"
#include "model/layers.h"
#include "support/examples.h"
#include "support/gradients.h"
#include "support/tensors.h"
#include "support/throws.h"
#include "training/autocast.h"

namespace vae {
namespace {

constexpr int64_t kLatent = 3;
constexpr int64_t kOutputs = 7;

std::vector<PictureShape> picture_shapes() {
  std::vector<PictureShape> shapes;
  for (const int64_t channels : {1, 3}) {
    for (const int64_t side : {28, 32, 45, 64, 105}) shapes.push_back({channels, side, side});
    shapes.push_back({channels, 19, 50});
  }
  return shapes;
}

Tensor random_tensor(std::vector<int64_t> shape) {
  Random random(1, "x");
  return normal(random, shape, torch::kFloat);
}

template <class Network>
std::shared_ptr<Network> initialized(std::shared_ptr<Network> network) {
  initialize_layers(*network, 1);
  return network;
}

template <class Row>
class EveryNetwork : public testing::Test {
 protected:
  std::vector<NetworkConfig> configs() const {
    std::vector<NetworkConfig> all = {Row{}};
    for (const Row& example : test::examples(Tag<Row>{})) all.push_back(example);
    return all;
  }
};
TYPED_TEST_SUITE(EveryNetwork, NetworkConfig::As<testing::Types>, test::RowName);

TYPED_TEST(EveryNetwork, EncodesPicturesOfAnySize) {
  for (const NetworkConfig& config : this->configs()) {
    for (const PictureShape& shape : picture_shapes()) {
      const auto encoder = initialized(make_encoder(config, {shape, kOutputs}));
      const Tensor y = encoder->forward(random_tensor({2, shape.channels, shape.height, shape.width}));
      EXPECT_EQ(y.sizes(), (std::vector<int64_t>{2, kOutputs})) << to_string(shape);
    }
  }
}

TYPED_TEST(EveryNetwork, DecodesToPicturesOfAnySize) {
  for (const NetworkConfig& config : this->configs()) {
    for (const PictureShape& shape : picture_shapes()) {
      const auto decoder = initialized(make_decoder(config, {kLatent, shape}));
      const Tensor y = decoder->forward(random_tensor({2, kLatent}));
      EXPECT_EQ(y.sizes(), (std::vector<int64_t>{2, shape.channels, shape.height, shape.width}))
          << to_string(shape);
    }
  }
}

TYPED_TEST(EveryNetwork, EncodesEachPictureByItself) {
  const PictureShape shape{3, 19, 16};
  for (const NetworkConfig& config : this->configs()) {
    const auto encoder = initialized(make_encoder(config, {shape, kOutputs}));
    const auto decoder = initialized(make_decoder(config, {kLatent, shape}));
    encoder->to(torch::kDouble);
    decoder->to(torch::kDouble);
    const Tensor x = random_tensor({4, 3, 19, 16}).to(torch::kDouble);
    const Tensor z = random_tensor({4, kLatent}).to(torch::kDouble);
    // Products of another number of rows may be summed in another order.
    EXPECT_LT(test::distance(encoder->forward(x)[2], encoder->forward(x.narrow(0, 2, 1))[0]), 1e-12);
    EXPECT_LT(test::distance(decoder->forward(z)[2], decoder->forward(z.narrow(0, 2, 1))[0]), 1e-12);
  }
}

// A pixel that the encoder does not see, or that the decoder draws alike for every z, is lost.
TYPED_TEST(EveryNetwork, SeesAndDrawsEveryPixel) {
  for (const PictureShape& shape : {PictureShape{1, 8, 8}, {3, 45, 45}, {1, 19, 50}}) {
    for (const NetworkConfig& config : this->configs()) {
      const auto encoder = initialized(make_encoder(config, {shape, kOutputs}));
      Tensor x = random_tensor({8, shape.channels, shape.height, shape.width}).requires_grad_();
      encoder->forward(x).square().sum().backward();
      EXPECT_GT(x.grad().abs().sum(0).min().template item<double>(), 0) << to_string(shape);

      const auto decoder = initialized(make_decoder(config, {kLatent, shape}));
      const Tensor y = decoder->forward(random_tensor({8, kLatent}));
      EXPECT_GT(y.std(0).min().template item<double>(), 0) << to_string(shape);
    }
  }
}

TYPED_TEST(EveryNetwork, EveryParameterIsTrained) {
  const PictureShape shape{3, 19, 16};
  for (const NetworkConfig& config : this->configs()) {
    const auto encoder = initialized(make_encoder(config, {shape, kOutputs}));
    const auto decoder = initialized(make_decoder(config, {kLatent, shape}));
    encoder->forward(random_tensor({8, 3, 19, 16})).square().sum().backward();
    decoder->forward(random_tensor({8, kLatent})).square().sum().backward();
    for (const auto& network : {std::static_pointer_cast<torch::nn::Module>(encoder),
                                std::static_pointer_cast<torch::nn::Module>(decoder)}) {
      EXPECT_FALSE(network->parameters().empty());
      for (const auto& parameter : network->named_parameters()) {
        ASSERT_TRUE(parameter.value().grad().defined()) << parameter.key();
        EXPECT_GT(parameter.value().grad().abs().max().template item<double>(), 0) << parameter.key();
      }
    }
  }
}

/// A network in float64 with noise on every parameter: biases, which start at zero, get values too.
template <class Network>
std::shared_ptr<Network> randomized(std::shared_ptr<Network> network) {
  initialized(network)->to(torch::kDouble);
  const at::NoGradGuard guard;
  Random random(2, "parameters");
  for (Tensor& parameter : network->parameters()) {
    parameter.add_(normal(random, parameter.sizes(), parameter.options()), 0.1);
  }
  return network;
}

TYPED_TEST(EveryNetwork, GradientMatchesFiniteDifferences) {
  const PictureShape shape{2, 6, 7};
  const Tensor x = random_tensor({3, 2, 6, 7}).to(torch::kDouble).requires_grad_();
  const Tensor z = random_tensor({3, kLatent}).to(torch::kDouble).requires_grad_();
  for (const NetworkConfig config : test::examples(Tag<TypeParam>{})) {
    const auto encoder = randomized(make_encoder(config, {shape, kOutputs}));
    const auto decoder = randomized(make_decoder(config, {kLatent, shape}));
    const auto check = [](const auto& network, const Tensor& input) {
      const auto value = [&] {
        network->zero_grad();
        return network->forward(input).square().mean();
      };
      test::expect_gradient(value, input, "input");
      for (const auto& parameter : network->named_parameters()) {
        test::expect_gradient(value, parameter.value(), parameter.key());
      }
    };
    check(encoder, x);
    check(decoder, z);
  }
}

// A bfloat16 has 8 significant bits; a dozen products in a row lose a few of them.
TYPED_TEST(EveryNetwork, IsNearlyTheSameInBfloat16) {
  const PictureShape shape{3, 19, 16};
  const Tensor x = random_tensor({4, 3, 19, 16}), z = random_tensor({4, kLatent});
  for (const NetworkConfig& config : this->configs()) {
    const auto encoder = initialized(make_encoder(config, {shape, kOutputs}));
    const auto decoder = initialized(make_decoder(config, {kLatent, shape}));
    const auto outputs = [&](bool reduced) {
      const Autocast autocast(torch::kCPU, reduced);
      return std::vector{encoder->forward(x).to(torch::kFloat), decoder->forward(z).to(torch::kFloat)};
    };
    const auto full = outputs(false), reduced = outputs(true);
    for (size_t i = 0; i < full.size(); ++i) {
      EXPECT_GT(test::distance(full[i], reduced[i]), 0);
      EXPECT_LT(test::distance(full[i], reduced[i]), 0.05 * full[i].abs().max().template item<double>());
    }
  }
}

/// What the decoder gives for parameters set by set_output: for z far from the origin where all weights are
/// zero, and of a fresh network at the origin.
std::vector<Tensor> outputs_without_z(const NetworkConfig& config, const Tensor& parameters) {
  const PictureShape shape{parameters.size(0), parameters.size(1), parameters.size(2)};
  const auto without_weights = make_decoder(config, {kLatent, shape});
  test::fill_parameters(*without_weights, 0);
  without_weights->set_output(parameters);
  const auto fresh = initialized(make_decoder(config, {kLatent, shape}));
  fresh->set_output(parameters);
  return {without_weights->forward(random_tensor({1, kLatent}))[0],
          fresh->forward(torch::zeros({1, kLatent}))[0]};
}

TYPED_TEST(EveryNetwork, SetOutputIsWhatIsDecodedButForZ) {
  const Tensor parameters = random_tensor({6, 1, 1}).expand({6, 19, 16});
  for (const NetworkConfig& config : this->configs()) {
    for (const Tensor& output : outputs_without_z(config, parameters)) {
      EXPECT_LT(test::distance(output, parameters), 1e-6);
    }
  }
}

// A convolution has one bias for all pixels of a channel.
TYPED_TEST(EveryNetwork, SetOutputHoldsAtLeastForTheMeanOverThePixels) {
  const Tensor parameters = random_tensor({6, 19, 16});
  for (const NetworkConfig& config : this->configs()) {
    for (const Tensor& output : outputs_without_z(config, parameters)) {
      EXPECT_LT(test::distance(output.mean({1, 2}), parameters.mean({1, 2})), 1e-6);
    }
  }
}

TEST(MlpNetwork, SetOutputHoldsForEveryPixel) {
  const Tensor parameters = random_tensor({6, 19, 16});
  for (const Tensor& output : outputs_without_z(MlpConfig{}, parameters)) {
    EXPECT_LT(test::distance(output, parameters), 1e-6);
  }
}

TYPED_TEST(EveryNetwork, SetOutputLeavesTheWeightsAlone) {
  const PictureShape shape{1, 19, 16};
  for (const NetworkConfig& config : this->configs()) {
    const auto decoder = initialized(make_decoder(config, {kLatent, shape}));
    const Tensor z = random_tensor({5, kLatent});
    const Tensor spread = decoder->forward(z) - decoder->forward(torch::zeros({1, kLatent}));
    decoder->set_output(random_tensor({1, 19, 16}));
    EXPECT_LT(test::distance(decoder->forward(z) - decoder->forward(torch::zeros({1, kLatent})), spread),
              1e-5);
  }
}

/// Shapes of the weights from the input to the output.
std::vector<std::vector<int64_t>> weight_shapes(const torch::nn::Module& network) {
  std::vector<std::vector<int64_t>> shapes;
  for (const Tensor& parameter : network.parameters()) {
    if (parameter.dim() > 1) shapes.push_back(parameter.sizes().vec());
  }
  return shapes;
}

using Shapes = std::vector<std::vector<int64_t>>;

TEST(MlpNetwork, TheDecoderGoesTheOtherWay) {
  const MlpConfig config{.hidden = {9, 5}};
  EXPECT_EQ(weight_shapes(*make_encoder(config, {{1, 4, 6}, kOutputs})),
            (Shapes{{9, 24}, {5, 9}, {kOutputs, 5}}));
  EXPECT_EQ(weight_shapes(*make_decoder(config, {kLatent, {1, 4, 6}})),
            (Shapes{{5, kLatent}, {9, 5}, {24, 9}}));
}

TEST(ConvNetwork, TheDecoderGoesTheOtherWay) {
  const ConvConfig config{.channels = {9, 5}};
  EXPECT_EQ(weight_shapes(*make_encoder(config, {{2, 8, 13}, kOutputs})),
            (Shapes{{9, 2, 4, 4}, {5, 9, 4, 4}, {kOutputs, 5 * 2 * 3}}));
  EXPECT_EQ(weight_shapes(*make_decoder(config, {kLatent, {2, 8, 13}})),
            (Shapes{{5 * 2 * 3, kLatent}, {5, 9, 4, 4}, {9, 2, 4, 4}}));
}

TEST(ResnetNetwork, TheDecoderGoesTheOtherWay) {
  const ResnetConfig config{.channels = {4, 6}, .blocks = 1, .groups = 2};
  EXPECT_EQ(weight_shapes(*make_encoder(config, {{2, 8, 13}, kOutputs})), (Shapes{{4, 2, 3, 3},
                                                                                  {4, 4, 3, 3},
                                                                                  {4, 4, 3, 3},
                                                                                  {6, 4, 4, 4},
                                                                                  {6, 6, 3, 3},
                                                                                  {6, 6, 3, 3},
                                                                                  {kOutputs, 6 * 4 * 6}}));
  EXPECT_EQ(weight_shapes(*make_decoder(config, {kLatent, {2, 8, 13}})), (Shapes{{6 * 4 * 6, kLatent},
                                                                                 {6, 6, 3, 3},
                                                                                 {6, 6, 3, 3},
                                                                                 {6, 4, 4, 4},
                                                                                 {4, 4, 3, 3},
                                                                                 {4, 4, 3, 3},
                                                                                 {2, 4, 3, 3}}));
}

TEST(ConvNetwork, APictureTooSmallToBeHalvedSoOftenIsAUsageError) {
  const ConvConfig three{.channels = {4, 4, 4}};
  for (const PictureShape& shape : {PictureShape{1, 7, 7}, {1, 7, 64}, {3, 64, 7}, {1, 1, 1}}) {
    EXPECT_TRUE(test::throws<UsageError>(
        [&] {
          make_encoder(three, {shape, kOutputs});
        },
        {"3"}))
        << to_string(shape);
    EXPECT_TRUE(test::throws<UsageError>(
        [&] {
          make_decoder(three, {kLatent, shape});
        },
        {"3"}))
        << to_string(shape);
  }
  EXPECT_NO_THROW(make_encoder(three, {{1, 8, 8}, kOutputs}));
  EXPECT_NO_THROW(make_decoder(three, {kLatent, {1, 8, 8}}));
}

TEST(MlpNetwork, OfOnePixelIsPossible) {
  const auto decoder = initialized(make_decoder(MlpConfig{}, {kLatent, {1, 1, 1}}));
  EXPECT_EQ(decoder->forward(random_tensor({2, kLatent})).sizes(), (std::vector<int64_t>{2, 1, 1, 1}));
}

}  // namespace
}  // namespace vae
