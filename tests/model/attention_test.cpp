#include "model/attention.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/noise.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr int64_t kChannels = 6;
constexpr int64_t kGroups = 2;

Tensor random_tensor(std::vector<int64_t> shape, const char* purpose) {
  Random random(1, purpose);
  return normal(random, shape, test::kFloat64);
}

std::shared_ptr<SelfAttention> random_attention() {
  auto attention = std::make_shared<SelfAttention>(kChannels, kGroups, /*gain=*/1);
  attention->to(torch::kDouble);
  const at::NoGradGuard guard;
  for (auto& parameter : attention->named_parameters()) {
    parameter.value().copy_(random_tensor(parameter.value().sizes().vec(), parameter.key().c_str()));
  }
  return attention;
}

// Place by place: what one place takes from another is exp(q k / sqrt(C)), divided by the sum over all.
TEST(SelfAttention, IsItsFormula) {
  const auto attention = random_attention();
  const auto parameters = attention->named_parameters();
  const Tensor x = random_tensor({2, kChannels, 3, 4}, "x");
  const Tensor normalised =
      torch::group_norm(x, kGroups, parameters["norm.weight"], parameters["norm.bias"], 1e-6);
  const Tensor y = attention->forward(x);
  ASSERT_EQ(y.sizes(), x.sizes());

  const Tensor places = normalised[1].flatten(1);  // [C, h w]
  const Tensor q = parameters["query.weight"].mm(places), k = parameters["key.weight"].mm(places),
               v = parameters["value.weight"].mm(places);
  for (int64_t place = 0; place < places.size(1); ++place) {
    Tensor seen = torch::zeros({kChannels}, test::kFloat64);
    double sum = 0;
    for (int64_t other = 0; other < places.size(1); ++other) {
      const double weight =
          std::exp(q.select(1, place).dot(k.select(1, other)).item<double>() / std::sqrt(double{kChannels}));
      seen += weight * v.select(1, other);
      sum += weight;
    }
    const Tensor expected = x[1].flatten(1).select(1, place) + parameters["output.weight"].mv(seen / sum) +
                            parameters["output.bias"];
    EXPECT_LT(test::distance(y[1].flatten(1).select(1, place), expected), 1e-12);
  }
}

TEST(SelfAttention, KnowsNoOrderOfPlaces) {
  const auto attention = random_attention();
  const Tensor x = random_tensor({2, kChannels, 3, 4}, "x");
  const Tensor order = torch::tensor({7, 2, 11, 0, 5, 1, 10, 3, 9, 4, 8, 6});
  const auto reordered = [&](const Tensor& map) {
    return map.flatten(2).index_select(2, order).view(map.sizes());
  };
  // Sums over the places are taken in another order.
  EXPECT_LT(test::distance(attention->forward(reordered(x)), reordered(attention->forward(x))), 1e-12);
}

TEST(SelfAttention, KeepsTheLayoutForwardAndBackward) {
  const SelfAttention attention(kChannels, kGroups, /*gain=*/1);
  const Tensor x = random_tensor({2, kChannels, 3, 4}, "x")
                       .to(torch::kFloat)
                       .contiguous(at::MemoryFormat::ChannelsLast)
                       .requires_grad_();
  const Tensor y = attention.forward(x);
  EXPECT_TRUE(y.is_contiguous(at::MemoryFormat::ChannelsLast));
  y.square().sum().backward();
  EXPECT_TRUE(x.grad().is_contiguous(at::MemoryFormat::ChannelsLast));
}

}  // namespace
}  // namespace vae
