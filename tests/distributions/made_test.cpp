#include "distributions/made.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "core/noise.h"
#include "support/flows.h"
#include "support/tensors.h"
#include "training/autocast.h"

namespace vae {
namespace {

constexpr int64_t kDimensions = 5;
constexpr int64_t kContext = 2;
constexpr int64_t kOutputs = 2;

Made made(std::vector<int64_t> hidden, Ordering ordering) {
  Made network({.dimensions = kDimensions,
                .context = kContext,
                .hidden = std::move(hidden),
                .outputs = kOutputs,
                .ordering = ordering});
  network.to(torch::kDouble);
  Random random(1, "made");
  network.initialize(random);
  test::scatter_weights(network, 0.5);
  return network;
}

Tensor noise(std::string_view purpose, std::vector<int64_t> shape) {
  Random random(1, purpose);
  return normal(random, shape, test::kFloat64);
}

// [outputs, dimensions, dimensions]: whether an output of the first dimension sees the second.
Tensor sees(const Made& network) {
  const Tensor z = noise("z", {50, 3, kDimensions}), context = noise("context", {3, kContext});
  const auto function = network.function();
  const Tensor jacobian =
      test::numerical_jacobian([&](const Tensor& at) { return function(at, context); }, z);
  return (jacobian != 0).flatten(0, 1).any(0).view({kOutputs, kDimensions, kDimensions});
}

TEST(Made, OutputsSeeExactlyTheDimensionsBeforeTheirOwn) {
  for (const auto& hidden : std::vector<std::vector<int64_t>>{{}, {5}, {12}, {7, 9}, {6, 5, 8}}) {
    const Tensor below = torch::ones({kDimensions, kDimensions}).tril(-1).to(torch::kBool);
    EXPECT_TRUE(torch::equal(sees(made(hidden, Ordering::ascending)), below.expand({kOutputs, -1, -1})));
    EXPECT_TRUE(torch::equal(sees(made(hidden, Ordering::descending)), below.t().expand({kOutputs, -1, -1})));
  }
}

TEST(Made, ALayerTooNarrowForAllDimensionsIsStillAutoregressive) {
  const Tensor seen = sees(made({2}, Ordering::ascending));
  EXPECT_FALSE(torch::triu(seen).any().item<bool>());
  EXPECT_TRUE(seen.any().item<bool>());
}

TEST(Made, EveryOutputSeesTheContextOfItsPicture) {
  const Made network = made({5, 6}, Ordering::ascending);
  const Tensor z = noise("z", {3, kDimensions});
  const auto of_context = [&](const Tensor& context) { return network.function()(z, context); };
  const Tensor jacobian = test::numerical_jacobian(of_context, noise("context", {3, kContext}));
  EXPECT_TRUE((jacobian != 0).all().item<bool>());
}

TEST(Made, OrderPutsEachDimensionBehindThoseItSees) {
  using Order = std::vector<int64_t>;
  EXPECT_EQ(made({5}, Ordering::ascending).function().order(kDimensions), (Order{0, 1, 2, 3, 4}));
  EXPECT_EQ(made({5}, Ordering::descending).function().order(kDimensions), (Order{4, 3, 2, 1, 0}));
}

TEST(Made, TakesAnyLeadingDimensions) {
  const auto function = made({5}, Ordering::ascending).function();
  const Tensor z = noise("z", {2, 4, 3, kDimensions}), context = noise("context", {3, kContext});
  const Tensor outputs = function(z, context);
  ASSERT_EQ(outputs.sizes(), (std::vector<int64_t>{2, 4, 3, kOutputs * kDimensions}));
  EXPECT_LT(test::distance(outputs[1][2], function(z[1][2], context)), 1e-14);
}

TEST(Made, GivesTheTypeOfTheLatentsUnderReducedPrecisionToo) {
  Made network({.dimensions = 3, .context = 2, .hidden = {4}});
  const Autocast autocast(torch::kCPU, /*enabled=*/true);
  EXPECT_EQ(network.function()(torch::zeros({1, 3}), torch::zeros({1, 2})).scalar_type(), torch::kFloat);
}

TEST(Made, WeightsStartWithTheVarianceOfTheConnectionsThatTheMasksLeave) {
  // Degrees of 100 hidden units: 0 to 3, 25 each; every one sees the 2 numbers of the context and as many
  // of the 4 dimensions as its degree says: 25 (0 + 1 + 2 + 3) + 100 * 2 connections.
  Made network({.dimensions = 4, .context = 2, .hidden = {100}});
  Random random(1, "made");
  network.initialize(random);
  const double connections = 350;
  const double limit = std::sqrt(6 / (connections / 100 + connections / 6));
  const Tensor weight = network.named_parameters()["hidden0.weight"];
  EXPECT_LE(weight.abs().max().item<double>(), limit);
  EXPECT_GT(weight.abs().max().item<double>(), 0.95 * limit);  // of 600 draws, all below with 1e-13
  EXPECT_EQ(network.named_parameters()["hidden0.bias"].abs().max().item<double>(), 0);
}

}  // namespace
}  // namespace vae
