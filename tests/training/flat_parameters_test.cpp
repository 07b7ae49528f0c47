#include "training/flat_parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

#include "support/tensors.h"

namespace vae {
namespace {

/// Sizes that fill a slice, leave a gap behind it, and hold a single number.
struct Parameters : torch::nn::Module {
  explicit Parameters(torch::ScalarType type) {
    const auto numbers = [&](torch::IntArrayRef shape) {
      const int64_t count = c10::multiply_integers(shape);
      return (torch::arange(count, type) + 10 * (1 + static_cast<int64_t>(named_parameters().size())))
          .view(shape);
    };
    matrix = register_parameter("matrix", numbers({4, 4}));
    vector = register_parameter("vector", numbers({7}));
    scalar = register_parameter("scalar", numbers({}));
  }
  Tensor matrix, vector, scalar;
};

class FlatParametersOf : public ::testing::TestWithParam<torch::ScalarType> {
 protected:
  Parameters module_{GetParam()};
  Tensor matrix_before_ = module_.matrix.detach().clone();
  FlatParameters flat_{module_.named_parameters()};

  /// The gradients that were found as one buffer.
  Tensor found() const {
    const Tensor all = torch::zeros_like(flat_.values());
    for (const auto& [gradients, offset] : flat_.found_gradients()) {
      const Tensor dense = gradients.as_strided({gradients.numel()}, {1});
      all.narrow(0, offset, dense.numel()).add_(dense);
    }
    return all;
  }

  /// `factor` for the matrix, 1 for the vector, 0 for the scalar.
  Tensor expected(double factor) const {
    const Tensor all = torch::zeros_like(flat_.values());
    flat_.views(all)[0].view.fill_(factor);
    flat_.views(all)[1].view.fill_(1);
    return all;
  }
};

TEST_P(FlatParametersOf, KeepTheirValuesAndNames) {
  EXPECT_TRUE(torch::equal(module_.matrix, matrix_before_));
  std::vector<std::string> names;
  for (const auto& [name, view] : flat_.views(flat_.values())) {
    names.push_back(name);
    EXPECT_TRUE(torch::equal(view, module_.named_parameters()[name])) << name;
  }
  EXPECT_THAT(names, testing::ElementsAre("matrix", "vector", "scalar"));
}

TEST_P(FlatParametersOf, ShareTheirMemoryWithTheBuffer) {
  const torch::NoGradGuard guard;
  flat_.values().fill_(3);
  EXPECT_TRUE((module_.vector == 3).all().item<bool>());
  module_.scalar.fill_(5);
  EXPECT_EQ(flat_.values().sum().item<double>(), 3.0 * static_cast<double>(flat_.values().numel() - 1) + 5);
}

TEST_P(FlatParametersOf, GatherTheirGradientsInTheBuffer) {
  flat_.gradients().zero_();
  ((module_.matrix * 2).sum() + module_.vector.sum() + 7 * module_.scalar).backward();
  EXPECT_EQ(flat_.gradients().sum().item<double>(), 2 * 16 + 7 + 7);
  EXPECT_TRUE(torch::equal(flat_.views(flat_.gradients())[0].view, module_.matrix.grad()));
}

TEST_P(FlatParametersOf, FindTheGradientsOfOneBackwardPass) {
  for (const double factor : {2.0, 3.0}) {
    flat_.clear_gradients();
    ((module_.matrix.t() * factor).sum() + module_.vector.sum()).backward();
    const Tensor norm = flat_.find_gradients();
    EXPECT_NEAR(norm.item<double>(), std::sqrt(factor * factor * 16 + 7), 1e-6);
    EXPECT_TRUE((module_.matrix.grad() == factor).all().item<bool>());
    EXPECT_EQ(module_.scalar.grad().item<double>(), 0);  // nothing reached it
    EXPECT_TRUE(torch::equal(found(), expected(factor)));
    flat_.collect_gradients(0, flat_.count());
    EXPECT_EQ(flat_.find_collected_gradients().item<float>(), norm.item<float>());
    EXPECT_TRUE(torch::equal(flat_.gradients(), expected(factor)));
    EXPECT_TRUE(torch::equal(found(), expected(factor)));
  }
}

TEST_P(FlatParametersOf, FindGradientsInTheOrderOfTheirParameters) {
  const Tensor factor = torch::arange(16, module_.matrix.options()).view({4, 4});
  flat_.clear_gradients();
  (module_.matrix.t() * factor).sum().backward();
  flat_.find_gradients();
  EXPECT_TRUE(torch::equal(flat_.views(found())[0].view, factor.t()));
}

TEST_P(FlatParametersOf, BeginAtMultiplesOf64Bytes) {
  for (const Tensor& buffer : {flat_.values(), flat_.gradients()}) {
    for (const auto& [name, view] : flat_.views(buffer)) {
      EXPECT_EQ(reinterpret_cast<uintptr_t>(view.data_ptr()) % 64, 0) << name;
    }
  }
}

TEST_P(FlatParametersOf, HaveZerosBetweenThem) {
  const double of_parameters = (module_.matrix.sum() + module_.vector.sum() + module_.scalar).item<double>();
  EXPECT_GT(flat_.values().numel(), 16 + 7 + 1);
  EXPECT_EQ(flat_.values().sum().item<double>(), of_parameters);
}

TEST(FlatParameters, KeepTheOrderOfAConvolutionsWeights) {
  struct Weights : torch::nn::Module {
    Tensor weight = register_parameter(
        "weight",
        torch::arange(48, torch::kFloat).view({2, 3, 4, 2}).contiguous(at::MemoryFormat::ChannelsLast));
  } module;
  const Tensor before = module.weight.detach().clone();
  FlatParameters flat(module.named_parameters());
  EXPECT_TRUE(module.weight.is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_TRUE(torch::equal(module.weight, before));
  flat.clear_gradients();
  (module.weight * before).sum().backward();
  flat.collect_gradients(0, 1);
  EXPECT_TRUE(torch::equal(flat.gradients(), flat.values()));
  EXPECT_TRUE(torch::equal(flat.views(flat.gradients())[0].view, before));
}

INSTANTIATE_TEST_SUITE_P(EveryType, FlatParametersOf, ::testing::Values(torch::kFloat, torch::kDouble),
                         [](const auto& type) { return std::string(c10::toString(type.param)); });

}  // namespace
}  // namespace vae
