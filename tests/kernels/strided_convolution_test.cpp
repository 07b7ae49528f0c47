#include "kernels/strided_convolution.h"

#include <gtest/gtest.h>

#include <array>

#include "kernels/patches.h"
#include "support/chosen_product.h"
#include "support/fused.h"
#include "training/autocast.h"

namespace vae {
namespace {

constexpr std::array kActivations = {FusedActivation::identity, FusedActivation::relu,
                                     FusedActivation::leaky_relu, FusedActivation::tanh};

/// Large pictures [count, wide, height, width] and as many small ones of `narrow` channels.
struct Shape {
  int64_t count, wide, narrow, height, width;
  double weights = 0.2;  // their size; where sums are long, such that tanh is not 1 for all of them
  std::string text() const {
    return std::to_string(count) + " of " + std::to_string(wide) + "x" + std::to_string(height) + "x" +
           std::to_string(width);
  }
};
// Grey, colour and others; odd sides; a single window; more windows than are in memory at a time; whole
// vectors, one to several in a row of a window; a row of more windows than a panel has room for; enough whole
// tiles of 2x2 windows, of several pictures and of parts of one, of odd sides and of odd numbers of windows.
constexpr std::array kShapes = {Shape{2, 1, 4, 9, 6},           Shape{3, 3, 5, 9, 7},
                                Shape{1, 5, 2, 2, 3},           Shape{2, 8, 16, 5, 4},
                                Shape{70, 32, 8, 16, 12},       Shape{5, 16, 11, 7, 10},
                                Shape{2, 80, 130, 6, 3},        Shape{1, 16, 3, 4, 401},
                                Shape{3, 48, 24, 9, 7},         Shape{3, 64, 200, 8, 12},
                                Shape{2, 64, 97, 9, 11},        Shape{2, 32, 96, 8, 8},
                                Shape{9, 32, 48, 16, 16, 0.03}, Shape{1, 48, 32, 64, 132, 0.03},
                                Shape{7, 64, 32, 17, 19, 0.03}, Shape{5, 80, 64, 18, 25, 0.03}};

std::vector<Tensor> down_inputs(const Shape& s) {
  return {test::draws({s.count, s.wide, s.height, s.width}, 1),
          test::draws({s.narrow, s.wide, 4, 4}, 2, s.weights), test::draws({s.narrow}, 3)};
}
std::vector<Tensor> up_inputs(const Shape& s) {
  return {test::draws({s.count, s.narrow, s.height / 2, s.width / 2}, 1),
          test::draws({s.narrow, s.wide, 4, 4}, 2, s.weights), test::draws({s.wide}, 3)};
}

test::Operation fused(bool up, const Shape& s, FusedActivation activation) {
  if (up) {
    return [=](const std::vector<Tensor>& t) {
      return upsample(t[0], t[1], t[2], s.height, s.width, activation);
    };
  }
  return [=](const std::vector<Tensor>& t) { return downsample(t[0], t[1], t[2], activation); };
}
test::Operation plain(bool up, const Shape& s, FusedActivation activation) {
  if (up) {
    return [=](const std::vector<Tensor>& t) {
      return reference::upsample(t[0], t[1], t[2], s.height, s.width, activation);
    };
  }
  return [=](const std::vector<Tensor>& t) { return reference::downsample(t[0], t[1], t[2], activation); };
}

class EveryProduct : public testing::TestWithParam<MatrixProduct> {};

TEST_P(EveryProduct, ConvolvesAsTheReferenceInFloat64) {
  const test::ChosenProduct chosen(GetParam());
  for (const bool up : {false, true}) {
    for (const FusedActivation activation : kActivations) {
      for (const Shape& shape : kShapes) {
        const std::vector<Tensor> inputs = up ? up_inputs(shape) : down_inputs(shape);
        const Tensor arriving = test::draws(fused(up, shape, activation)(inputs).sizes(), 4);
        const test::Evaluated ours = test::evaluate(fused(up, shape, activation), inputs, 0, arriving);
        const test::Evaluated exact =
            test::evaluate(plain(up, shape, activation), test::in_float64(inputs), 0, arriving);
        const std::string what = std::string(up ? "up, " : "down, ") + shape.text() + ", activation " +
                                 std::to_string(static_cast<int>(activation));
        const int64_t window = 16 * std::max(shape.wide, shape.narrow);
        test::expect_close_by_size(ours.value, exact.value, window, what + ", value");
        const int64_t places = shape.count * shape.height * shape.width;
        for (size_t i = 0; i < inputs.size(); ++i) {
          test::expect_close_by_size(ours.gradients[i], exact.gradients[i], window + places,
                                     what + ", gradient of input " + std::to_string(i));
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(StridedConvolution, EveryProduct,
                         testing::Values(MatrixProduct::automatic, MatrixProduct::library));

TEST(StridedConvolution, KeepsBfloat16sAccuracyUnderAutocast) {
  constexpr double kRounding = 0x1p-8;
  for (const bool up : {false, true}) {
    const Shape shape = {40, 3, 24, 32, 30};
    const auto reduced = [&](const std::vector<Tensor>& t) {
      const Autocast autocast(torch::kCPU, true);
      return fused(up, shape, FusedActivation::tanh)(t);
    };
    // Inputs that bfloat16 holds, so that only products and sums are rounded.
    std::vector<Tensor> inputs = up ? up_inputs(shape) : down_inputs(shape);
    for (Tensor& input : inputs) input = input.to(torch::kBFloat16).to(torch::kFloat);
    const Tensor value = reduced(inputs);
    EXPECT_EQ(value.scalar_type(), torch::kBFloat16);
    const Tensor arriving = test::draws(value.sizes(), 4).to(torch::kBFloat16).to(torch::kFloat);
    const test::Evaluated ours = test::evaluate(reduced, inputs, 0, arriving);
    const test::Evaluated exact =
        test::evaluate(plain(up, shape, FusedActivation::tanh), test::in_float64(inputs), 0, arriving);
    const std::string what = up ? "up" : "down";
    // Doubling sums four products rounded to half a unit each, and rounds the sum.
    test::expect_close_by_size(ours.value, exact.value, 1, what + ", value", 5 * kRounding / 2 / 4);
    for (size_t i = 0; i < inputs.size(); ++i) {
      test::expect_close_by_size(ours.gradients[i], exact.gradients[i], 1,
                                 what + ", gradient of input " + std::to_string(i), kRounding);
    }
  }
}

TEST(StridedConvolution, TakesAnyLayout) {
  const Shape shape = {2, 3, 4, 8, 8};
  for (const bool up : {false, true}) {
    std::vector<Tensor> inputs = up ? up_inputs(shape) : down_inputs(shape);
    const auto operation = fused(up, shape, FusedActivation::tanh);
    const Tensor rows = operation(inputs);
    inputs[0] = inputs[0].contiguous(at::MemoryFormat::ChannelsLast);
    inputs[1] = inputs[1].contiguous(at::MemoryFormat::ChannelsLast);
    EXPECT_TRUE(torch::equal(operation(inputs), rows));
  }
}

TEST(StridedConvolution, ComputesNoGradientThatNobodyWants) {
  const Shape shape = {2, 3, 4, 8, 8};
  for (const bool up : {false, true}) {
    std::vector<Tensor> inputs = up ? up_inputs(shape) : down_inputs(shape);
    inputs[1].requires_grad_(true);
    fused(up, shape, FusedActivation::relu)(inputs).sum().backward();
    EXPECT_TRUE(inputs[1].grad().defined());
    EXPECT_FALSE(inputs[0].grad().defined());
  }
}

TEST(StridedConvolution, RefusesSecondDerivatives) {
  const Shape shape = {1, 1, 2, 4, 4};
  for (const bool up : {false, true}) {
    std::vector<Tensor> inputs = up ? up_inputs(shape) : down_inputs(shape);
    inputs[0].requires_grad_(true);
    const Tensor value = fused(up, shape, FusedActivation::tanh)(inputs).sum();
    EXPECT_THROW(
        torch::autograd::grad({value}, {inputs[0]}, {}, /*retain_graph=*/true, /*create_graph=*/true),
        c10::Error);
  }
}

TEST(Patches, HoldTheWindowsInOrder) {
  // Pixel (y, x) is 10 y + x + 1, so that zero is only what lies outside.
  const Tensor picture =
      (torch::arange(3).view({3, 1}) * 10 + torch::arange(4) + 1).to(torch::kFloat).view({1, 3, 4, 1});
  const Tensor rows = torch::full({2, 16}, -1.0F);
  gather_windows(picture, 1, 2, rows);
  const Tensor expected = torch::tensor({0, 0, 0, 0, 0, 1, 2, 3, 0,  11, 12, 13, 0,  21, 22, 23,
                                         0, 0, 0, 0, 2, 3, 4, 0, 12, 13, 14, 0,  22, 23, 24, 0},
                                        torch::kFloat);
  EXPECT_TRUE(torch::equal(rows.flatten(), expected)) << rows;
}

TEST(Patches, ScatterIsTheTransposedGather) {
  for (const int64_t channels : {1, 2, 3}) {
    const Tensor picture = test::draws({2, 5, 6, channels}, 1),
                 rows = test::draws({2 * 2 * 3, 16 * channels}, 2);
    const Tensor gathered = torch::empty_like(rows), scattered = torch::empty_like(picture);
    gather_windows(picture, 2, 3, gathered);
    scatter_windows(rows, 2, 3, {}, scattered);
    // <gather x, r> = <x, scatter r>, sums of some hundred floats.
    EXPECT_NEAR((gathered * rows).sum().item<double>(), (picture * scattered).sum().item<double>(), 1e-4);
  }
}

}  // namespace
}  // namespace vae
