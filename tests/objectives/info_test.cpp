#include "objectives/info.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/noise.h"
#include "objectives/elbo.h"
#include "support/models.h"
#include "support/statistics.h"
#include "support/tensors.h"

namespace vae {
namespace {

Tensor points(uint64_t seed, int64_t count) {
  Random random(seed, "points");
  return normal(random, {count, 2}, test::kFloat64);
}

TEST(SquaredMmd, IsItsFormula) {
  const Tensor a = points(1, 3), b = points(2, 3);
  const auto kernel = [](const Tensor& x, const Tensor& y) {
    return std::exp(-(x - y).square().sum().item<double>() / 2);
  };
  double expected = 0;
  for (int64_t i = 0; i < 3; ++i) {
    for (int64_t j = 0; j < 3; ++j) {
      if (i != j) expected += (kernel(a[i], a[j]) + kernel(b[i], b[j])) / 6;
      expected -= 2 * kernel(a[i], b[j]) / 9;
    }
  }
  EXPECT_NEAR(squared_mmd(a, b).item<double>(), expected, 1e-14);
}

TEST(SquaredMmd, HasMeanZeroForOneDistributionAndIsPositiveForTwo) {
  std::vector<Tensor> same, shifted;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    same.push_back(squared_mmd(points(2 * seed, 8), points(2 * seed + 1, 8)));
    shifted.push_back(squared_mmd(points(2 * seed, 8) + 1, points(2 * seed + 1, 8)));
  }
  EXPECT_LT(test::z_score(torch::stack(same), 0.0), test::kStandardErrors);
  EXPECT_GT(torch::stack(shifted).mean().item<double>(), 0.1);
}

TEST(Info, WithoutItsDistanceIsTheElbo) {
  const auto model = test::tiny_model();
  const Batch batch = {.x = test::binary_pictures(5)};
  const auto posterior = model->encode(batch.x);
  const auto value = [&](Objective& objective) {
    Random random(1, "eps");
    return objective.evaluate(*model, *posterior, batch, random, {}).objective.item<double>();
  };
  Elbo elbo({}, model->picture());
  Info plain({.alpha = 0, .lambda = 1}), with_distance({.alpha = 0, .lambda = 2});
  EXPECT_NEAR(value(plain), value(elbo), 1e-12);
  EXPECT_NE(value(with_distance), value(elbo));
}

}  // namespace
}  // namespace vae
