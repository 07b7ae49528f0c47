#include "kernels/kept_rows.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/bernoulli_layer.h"
#include "kernels/linear.h"
#include "support/fused.h"

namespace vae {
namespace {

/// Of `rows` samples' weights, a fifth of any size and the rest next to nothing.
Tensor weights_of(torch::IntArrayRef shape) {
  const Tensor sizes = test::draws(shape, 21);
  const Tensor negligible = (test::draws(shape, 22) < 0.84).to(torch::kFloat);
  return sizes * (1 - negligible) + negligible * test::draws(shape, 23) * 0x1p-40;
}

TEST(KeptRows, AreThoseThatCount) {
  const Tensor sizes = torch::tensor({1e-20F, 0.5F, 0.0F, -1e-3F, 1e-12F, 1e-30F, -1e-15F, 1e-4F});
  const auto kept = rows_that_count(sizes);
  ASSERT_TRUE(kept.has_value());
  EXPECT_TRUE(torch::equal(*kept, torch::tensor({1, 3, 7})));
  const auto of_matrix = rows_that_count((sizes.unsqueeze(1) * torch::ones({1, 3})).contiguous());
  ASSERT_TRUE(of_matrix.has_value());
  EXPECT_TRUE(torch::equal(*of_matrix, *kept));
}

TEST(KeptRows, LeaveOutNoMoreThanASixteenthOfARounding) {
  // By itself each would be left out; together they count, the largest of them first.
  std::vector<float> sizes = {1};
  for (const int exponent : {30, 31, 32, 33, 34})
    sizes.insert(sizes.end(), size_t{1} << static_cast<size_t>(exponent - 30), std::ldexp(1.0F, -exponent));
  const auto kept = rows_that_count(torch::tensor(sizes));
  ASSERT_TRUE(kept.has_value());
  EXPECT_TRUE(torch::equal(*kept, torch::tensor({0, 1})));
  EXPECT_FALSE(rows_that_count(torch::full({4096}, 0x1p-36F)).has_value());
}

TEST(KeptRows, AreAllWhereMostCountOrOneIsNotFinite) {
  EXPECT_FALSE(rows_that_count(torch::tensor({1.0F, 2.0F, 0.5F, 3.0F, 0.0F})).has_value());
  for (const float odd : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    EXPECT_FALSE(rows_that_count(torch::tensor({1.0F, 0.0F, 0.0F, odd, 0.0F})).has_value());
}

TEST(KeptRows, AreNoneOfZeros) {
  const auto kept = rows_that_count(torch::zeros({5}));
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->numel(), 0);
}

TEST(KeptRows, AreTakenAndPutBack) {
  const Tensor rows = test::draws({5, 3}, 1), places = torch::tensor({1, 4});
  const Tensor some = rows_at(places, rows);
  EXPECT_TRUE(torch::equal(some, rows.index_select(0, places)));
  EXPECT_TRUE(torch::equal(rows_at(places, rows.to(torch::kBFloat16)),
                           rows.to(torch::kBFloat16).index_select(0, places)));
  EXPECT_TRUE(
      torch::equal(rows_among_zeros(places, some, 5), torch::zeros({5, 3}).index_copy(0, places, some)));
}

/// Gradients of samples whose weights differ like this, against the reference's in float64.
void expect_gradients_of(const test::Operation& fused, const test::Operation& plain,
                         const std::vector<Tensor>& inputs, size_t constants, const Tensor& arriving) {
  const test::Evaluated ours = test::evaluate(fused, inputs, constants, arriving);
  const test::Evaluated exact = test::evaluate(plain, test::in_float64(inputs), constants, arriving);
  for (size_t i = constants; i < inputs.size(); ++i)
    test::expect_close_by_size(ours.gradients[i], exact.gradients[i], 200, "input " + std::to_string(i));
}

TEST(KeptRows, GiveTheGradientsOfTheBernoulliLayer) {
  const std::vector<Tensor> inputs = {(test::draws({6, 1, 7, 5}, 1) > 0).to(torch::kFloat),
                                      test::draws({40, 6, 9}, 2), test::draws({35, 9}, 3),
                                      test::draws({35}, 4)};
  const auto layer = [](const std::vector<Tensor>& t) {
    return LinearLayer{t[2], t[3], FusedActivation::identity};
  };
  const auto fused = [&](const std::vector<Tensor>& t) {
    return bernoulli_log_prob_of_layer(t[0], t[1], layer(t));
  };
  const auto plain = [&](const std::vector<Tensor>& t) {
    return reference::bernoulli_log_prob_of_layer(t[0], t[1], layer(t));
  };
  const Tensor weights = weights_of({40, 6});
  expect_gradients_of(fused, plain, inputs, 1, weights);
  expect_gradients_of(fused, plain, inputs, 1, torch::zeros({40, 6}));
  // What is left out has no gradient at all.
  const Tensor of_hidden = test::evaluate(fused, inputs, 1, weights).gradients[1];
  const int64_t left = (of_hidden.abs().sum(-1) == 0).sum().item<int64_t>();
  EXPECT_GT(left, 150);
  EXPECT_LT(left, 235);
}

TEST(KeptRows, GiveTheGradientsOfLayers) {
  const std::vector<Tensor> inputs = {test::draws({40, 6, 8}, 1), test::draws({12, 8}, 2, 0.4),
                                      test::draws({12}, 3), test::draws({10, 12}, 4, 0.4),
                                      test::draws({10}, 5)};
  const auto layers = [](const std::vector<Tensor>& t) {
    return std::array{LinearLayer{t[1], t[2], FusedActivation::tanh},
                      LinearLayer{t[3], t[4], FusedActivation::leaky_relu}};
  };
  const auto fused = [&](const std::vector<Tensor>& t) {
    return linear_layers(t[0], layers(t), RowsOf::samples);
  };
  const auto plain = [&](const std::vector<Tensor>& t) { return reference::linear_layers(t[0], layers(t)); };
  const Tensor arriving = test::draws({40, 6, 10}, 6) * weights_of({40, 6, 1});
  for (const size_t constants : {0UL, 1UL}) expect_gradients_of(fused, plain, inputs, constants, arriving);
  expect_gradients_of(fused, plain, inputs, 0, torch::zeros_like(arriving));
  const Tensor of_x = test::evaluate(fused, inputs, 0, arriving).gradients[0];
  EXPECT_GT((of_x.abs().sum(-1) == 0).sum().item<int64_t>(), 150);
  const auto of_pictures = [&](const std::vector<Tensor>& t) { return linear_layers(t[0], layers(t)); };
  const Tensor all = test::evaluate(of_pictures, inputs, 0, arriving).gradients[0];
  EXPECT_EQ((all.abs().sum(-1) == 0).sum().item<int64_t>(), 0);
}

TEST(KeptRows, AreLookedForAmongManySamples) {
  EXPECT_TRUE(are_samples(torch::zeros({50, 20, 3})));
  EXPECT_FALSE(are_samples(torch::zeros({1, 1000, 3})));
  EXPECT_FALSE(are_samples(torch::zeros({1000, 3})));
  EXPECT_FALSE(are_samples(torch::zeros({10, 12, 3})));
}

}  // namespace
}  // namespace vae
