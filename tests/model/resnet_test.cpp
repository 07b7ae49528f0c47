#include "model/resnet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/noise.h"
#include "model/attention.h"
#include "model/layers.h"
#include "model/vae.h"
#include "support/tensors.h"
#include "support/throws.h"

namespace vae {
namespace {

constexpr int64_t kCondition = 5;

Tensor random_tensor(std::vector<int64_t> shape, const char* purpose = "x") {
  Random random(1, purpose);
  return normal(random, shape, torch::kFloat);
}

template <class Network>
std::shared_ptr<Network> initialized(std::shared_ptr<Network> network) {
  initialize_layers(*network, 1);
  return network;
}

/// Three levels, so that a map has a quarter of the picture's sides.
ResnetConfig small_config(bool spatial) {
  return {.channels = {4, 4, 6}, .blocks = 1, .groups = 2, .spatial = spatial};
}

/// Three numbers at each place of the innermost level.
int64_t map_latent(const PictureShape& picture) { return 3 * (picture.height / 4) * (picture.width / 4); }

std::vector<PictureShape> picture_shapes() {
  return {{1, 28, 28}, {3, 32, 32}, {1, 45, 45}, {3, 64, 64}, {1, 105, 105}, {3, 19, 50}, {1, 4, 4}};
}

TEST(Resnet, TurnsPicturesOfAnySizeIntoAMapAndBack) {
  for (const PictureShape& picture : picture_shapes()) {
    const int64_t latent = map_latent(picture);
    const auto encoder = initialized(
        make_encoder(small_config(true), {.picture = picture, .outputs = 2 * latent, .latent = latent}));
    const auto decoder =
        initialized(make_decoder(small_config(true), {.latent = latent, .parameters = picture}));
    const Tensor x = random_tensor({2, picture.channels, picture.height, picture.width});
    EXPECT_EQ(encoder->forward(x).sizes(), (std::vector<int64_t>{2, 2 * latent})) << to_string(picture);
    EXPECT_EQ(decoder->forward(random_tensor({2, latent})).sizes(), x.sizes()) << to_string(picture);
  }
}

constexpr PictureShape kLarge{3, 64, 64};
constexpr int64_t kMapSide = 16;
constexpr int64_t kCell = 4;   // pixels of a place of the map
constexpr int64_t kNear = 12;  // pixels from a place's middle to what it is most about
constexpr double kMost = 0.8;  // where nothing is local, a seventh: so much of the picture is that near

struct Place {
  int64_t row, column;
};

constexpr std::array kPlaces = {Place{8, 8}, Place{2, 13}, Place{15, 0}};

/// Of the changes [64, 64] the part within kNear pixels of the middle of the place.
double part_near(const Tensor& changes, const Place& place) {
  const auto around = [](const Tensor& lines, int64_t index) {
    const int64_t middle = kCell * index + kCell / 2;
    return lines.slice(0, std::max<int64_t>(middle - kNear, 0), middle + kNear);
  };
  return (around(around(changes, place.row).t(), place.column).sum() / changes.sum()).item<double>();
}

// The order is that of a posterior's parameters, [parameters, latent], and z's of [channels, h, w]. The norms
// look at the whole picture, so that far pixels have an influence too, but a small one.
TEST(Resnet, OutputsAtAPlaceDependOnThePictureNearIt) {
  const int64_t latent = map_latent(kLarge);
  const auto encoder = initialized(
      make_encoder(small_config(true), {.picture = kLarge, .outputs = 2 * latent, .latent = latent}));
  const Tensor x = random_tensor({1, 3, 64, 64}).requires_grad_();
  const Tensor outputs = encoder->forward(x).view({2, 3, kMapSide, kMapSide});
  for (const int64_t parameter : {0, 1}) {
    for (const Place& place : kPlaces) {
      x.mutable_grad().reset();
      outputs[parameter][2][place.row][place.column].backward({}, /*retain_graph=*/true);
      EXPECT_GT(part_near(x.grad().square().sum({0, 1}), place), kMost);
    }
  }
}

TEST(Resnet, DrawsAPlaceOfTheMapNearIt) {
  const int64_t latent = map_latent(kLarge);
  const auto decoder =
      initialized(make_decoder(small_config(true), {.latent = latent, .parameters = kLarge}));
  const Tensor z = random_tensor({1, latent});
  for (const Place& place : kPlaces) {
    Tensor moved = z.clone();
    moved.view({3, kMapSide, kMapSide})[1][place.row][place.column] += 1e-2;
    const Tensor change = (decoder->forward(moved) - decoder->forward(z)).square().sum({0, 1});
    EXPECT_GT(part_near(change, place), kMost);
  }
}

TEST(Resnet, KnowsTheCondition) {
  const PictureShape picture{3, 12, 9};
  const int64_t latent = map_latent(picture);
  const Tensor x = random_tensor({2, 3, 12, 9}), z = random_tensor({2, latent});
  const Tensor one = random_tensor({2, kCondition}, "one"), other = random_tensor({2, kCondition}, "other");
  for (const bool spatial : {false, true}) {
    const auto encoder = initialized(
        make_encoder(small_config(spatial),
                     {.picture = picture, .outputs = 2 * latent, .condition = kCondition, .latent = latent}));
    const auto decoder = initialized(make_decoder(
        small_config(spatial), {.latent = latent, .parameters = picture, .condition = kCondition}));
    EXPECT_GT(test::distance(encoder->forward(x, one), encoder->forward(x, other)), 1e-3);
    EXPECT_GT(test::distance(decoder->forward(z, one), decoder->forward(z, other)), 1e-3);
  }
}

// One layer in between that answers in another layout would be seen at the end.
TEST(Resnet, StaysInChannelsLast) {
  for (const bool spatial : {false, true}) {
    ResnetConfig config = small_config(spatial);
    config.attention = 32;
    const auto decoder =
        initialized(make_decoder(config, {.latent = map_latent(kLarge), .parameters = kLarge}));
    const Tensor y = decoder->forward(random_tensor({2, map_latent(kLarge)}));
    EXPECT_TRUE(y.is_contiguous(at::MemoryFormat::ChannelsLast));
  }
}

/// "level1.attention0" and so on.
std::set<std::string> attention_of(const torch::nn::Module& network) {
  std::set<std::string> names;
  for (const auto& module : network.named_modules("", /*include_self=*/false)) {
    if (dynamic_cast<const SelfAttention*>(module.value().get())) names.insert(module.key());
  }
  return names;
}

TEST(Resnet, AttendsWhereNoSideIsLongerThanAsked) {
  ResnetConfig config = small_config(false);  // levels of 20x50, 10x25, 5x12
  config.blocks = 2;
  const auto attending = [&](int64_t side) {
    config.attention = side;
    return attention_of(*make_encoder(config, {.picture = {1, 20, 50}, .outputs = 3}));
  };
  EXPECT_EQ(attending(0), (std::set<std::string>{}));
  EXPECT_EQ(attending(11), (std::set<std::string>{}));
  EXPECT_EQ(attending(12), (std::set<std::string>{"level2.attention0", "level2.attention1"}));
  EXPECT_EQ(attending(25).size(), 4u);
  EXPECT_EQ(attending(64).size(), 6u);
}

// sqrt(6 / (fan_in + fan_out)) bounds what a layer draws; that of a branch's end is divided by the root of
// the number of branches, here three blocks and the attention of the last.
TEST(Resnet, TheMoreBranchesTheSmallerTheyStart) {
  ResnetConfig config = small_config(false);
  config.attention = 2;
  const auto encoder = initialized(make_encoder(config, {.picture = {1, 8, 8}, .outputs = 3}));
  const auto parameters = encoder->named_parameters();
  const auto largest = [&](const std::string& name) { return parameters[name].abs().max().item<double>(); };
  // The largest of n uniform numbers lies within a few 1/n of the bound.
  const double convolution = std::sqrt(6.0 / (2 * 9 * 6)), linear = std::sqrt(6.0 / (2 * 6));
  EXPECT_NEAR(largest("level2.block0.conv0.weight"), convolution, 0.03 * convolution);
  EXPECT_NEAR(largest("level2.block0.conv1.weight"), convolution / 2, 0.03 * convolution);
  EXPECT_NEAR(largest("level2.attention0.output.weight"), linear / 2, 0.15 * linear);
}

TEST(Resnet, RefusesGroupsThatDoNotFitTheChannels) {
  for (const ResnetConfig& config :
       {ResnetConfig{.channels = {8, 12}, .groups = 8}, ResnetConfig{.channels = {16, 8}, .groups = 8},
        ResnetConfig{.channels = {4}, .groups = 8}}) {
    ASSERT_TRUE(check(config));
    EXPECT_TRUE(check(config)->find("groups") != std::string::npos) << *check(config);
    EXPECT_TRUE(check(config)->find("8 groups") != std::string::npos) << *check(config);
  }
  EXPECT_TRUE(check(ResnetConfig{.channels = {}}));
  EXPECT_FALSE(check(ResnetConfig{.channels = {16, 24}, .groups = 8}));
  EXPECT_FALSE(check(ResnetConfig{}));
}

TEST(Resnet, RefusesPicturesTooSmallToBeHalvedBetweenTheLevels) {
  for (const PictureShape& picture : {PictureShape{1, 3, 16}, {1, 16, 3}, {1, 1, 1}}) {
    EXPECT_TRUE(test::throws<UsageError>(
        [&] { make_encoder(small_config(false), {.picture = picture, .outputs = 3}); },
        {"2 halvings", "fewer channels"}));
    EXPECT_TRUE(test::throws<UsageError>(
        [&] { make_decoder(small_config(false), {.latent = 3, .parameters = picture}); },
        {"2 halvings", "fewer channels"}));
  }
}

ModelConfig model_config(const NetworkConfig& encoder, const NetworkConfig& decoder, int64_t latent) {
  ModelConfig config;
  config.latent = latent;
  config.encoder = encoder;
  config.decoder = decoder;
  return config;
}

// 12x22 pixels leave 3x5 places.
TEST(Resnet, RefusesLatentsThatFillNoMap) {
  const NetworkConfig map = small_config(true), vector = small_config(false);
  const auto refuses = [](const ModelConfig& config, const std::string& key) {
    return test::throws<UsageError>(
        [&] {
          Vae(config, {1, 12, 22}, 1);
        },
        {"model.latent", "100", "height 3", "width 5", key, "105"});
  };
  EXPECT_TRUE(refuses(model_config(map, vector, 100), "model.encoder.spatial"));
  EXPECT_TRUE(refuses(model_config(vector, map, 100), "model.decoder.spatial"));
  EXPECT_NO_THROW(Vae(model_config(vector, vector, 100), {1, 12, 22}, 1));
  EXPECT_NO_THROW(Vae(model_config(map, map, 105), {1, 12, 22}, 1));
}

TEST(Resnet, AMapOnOneSideServesTheOther) {
  const PictureShape picture{1, 12, 9};
  const NetworkConfig map = small_config(true), other = MlpConfig{.hidden = {4}};
  for (const auto& [encoder, decoder] : {std::pair{map, other}, {other, map}}) {
    const Vae model(model_config(encoder, decoder, map_latent(picture)), picture, 1);
    const Tensor z = model.encode(random_tensor({2, 1, 12, 9}))->mean();
    EXPECT_EQ(model.decode(z).sizes(), (std::vector<int64_t>{2, 1, 12, 9}));
  }
}

TEST(Resnet, AMapServesNoPosteriorThatTiesItsPlacesTogether) {
  const PictureShape picture{1, 12, 9};
  ModelConfig config = model_config(small_config(true), MlpConfig{.hidden = {4}}, map_latent(picture));
  config.posterior = FullGaussianConfig{};
  EXPECT_TRUE(test::throws<UsageError>([&] { Vae(config, picture, 1); },
                                       {"model.encoder", "model.posterior", "full_gaussian"}));
  config.encoder = small_config(false);
  EXPECT_NO_THROW(Vae(config, picture, 1));
}

}  // namespace
}  // namespace vae
