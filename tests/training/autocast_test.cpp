#include "training/autocast.h"

#include <ATen/autocast_mode.h>
#include <gtest/gtest.h>

namespace vae {
namespace {

torch::ScalarType type_of_a_product() {
  const torch::Tensor a = torch::ones({2, 2});
  return torch::mm(a, a).scalar_type();
}

TEST(Autocast, MakesProductsBfloat16AsLongAsItLives) {
  {
    const Autocast autocast(torch::kCPU, true);
    EXPECT_EQ(type_of_a_product(), torch::kBFloat16);
  }
  EXPECT_EQ(type_of_a_product(), torch::kFloat);
}

TEST(Autocast, LeavesSumsAsTheyAre) {
  const Autocast autocast(torch::kCPU, true);
  EXPECT_EQ(torch::ones({3}).sum().scalar_type(), torch::kFloat);
}

TEST(Autocast, ChangesNothingWhereDisabled) {
  const Autocast autocast(torch::kCPU, false);
  EXPECT_EQ(type_of_a_product(), torch::kFloat);
}

TEST(Autocast, RestoresWhatWasBeforeIt) {
  const Autocast outer(torch::kCPU, true);
  {
    const Autocast inner(torch::kCPU, false);
    EXPECT_EQ(type_of_a_product(), torch::kFloat);
  }
  EXPECT_EQ(type_of_a_product(), torch::kBFloat16);
}

// LibTorch caches what it casts of a parameter; the optimizer then changes the parameter.
TEST(Autocast, SeesWeightsThatChangedBetweenTwoScopes) {
  const torch::Tensor weight = torch::ones({2, 2}).requires_grad_();
  const auto product = [&] {
    const Autocast autocast(torch::kCPU, true);
    return torch::mm(torch::ones({2, 2}), weight)[0][0].item<double>();
  };
  EXPECT_EQ(product(), 2);
  weight.data().fill_(3);
  EXPECT_EQ(product(), 6);
}

}  // namespace
}  // namespace vae
