#include "model/activation.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "support/gradients.h"
#include "support/tensors.h"

namespace vae {
namespace {

Tensor points() { return test::values({-2, -0.5, 0, 0.5, 3}); }

TEST(Activation, AgreesWithScipyAndNumpy) {
  const std::map<Activation, std::vector<double>> expected = {
      {Activation::identity, {-2, -0.5, 0, 0.5, 3}},
      {Activation::relu, {0, 0, 0, 0.5, 3}},
      // where(x > 0, x, 0.01 x): Maas et al. 2013
      {Activation::leaky_relu, {-0.02, -0.005, 0, 0.5, 3}},
      // where(x > 0, x, expm1(x))
      {Activation::elu, {-0.8646647167633873, -0.3934693402873666, 0, 0.5, 3}},
      // x * scipy.stats.norm.cdf(x)
      {Activation::gelu,
       {-0.04550026389635839, -0.15426876936299344, 0, 0.34573123063700656, 2.99595030590511}},
      // x * scipy.special.expit(x)
      {Activation::silu, {-0.2384058440442351, -0.1887703343990727, 0, 0.3112296656009273, 2.8577223804673}},
      {Activation::tanh,
       {-0.9640275800758169, -0.46211715726000974, 0, 0.46211715726000974, 0.9950547536867305}},
  };
  for (const auto& [name, activation] : names(Tag<Activation>{})) {
    ASSERT_TRUE(expected.contains(activation)) << name;
  }
  for (const auto& [activation, numbers] : expected) {
    EXPECT_LT(test::distance(activate(points(), activation), test::values(numbers)), 1e-12)
        << static_cast<int>(activation);
  }
}

TEST(Activation, DoesNotChangeItsArgument) {
  for (const auto& [name, activation] : names(Tag<Activation>{})) {
    const Tensor x = points();
    activate(x, activation);
    EXPECT_TRUE(torch::equal(x, points())) << name;
  }
}

TEST(Activation, GradientMatchesFiniteDifferences) {
  for (const auto& [name, activation] : names(Tag<Activation>{})) {
    Tensor x = test::values({-2, -0.5, 0.3, 3}).requires_grad_();
    test::expect_gradient([&x, chosen = activation] { return activate(x, chosen).square().sum(); }, x,
                          std::string(name));
  }
}

}  // namespace
}  // namespace vae
