#include "training/optimizers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/noise.h"
#include "support/examples.h"
#include "support/tensors.h"

namespace vae {
namespace test {

std::vector<AdamConfig> examples(Tag<AdamConfig>) {
  return {{},
          {.learning_rate = 0.1, .beta1 = 0, .beta2 = 0.5, .epsilon = 1e-2},
          {.learning_rate = 0.05, .weight_decay = 0.3}};
}

std::vector<AdamWConfig> examples(Tag<AdamWConfig>) {
  return {{}, {.learning_rate = 0.05, .beta1 = 0.5, .weight_decay = 0.3}, {.weight_decay = 0}};
}

std::vector<SgdConfig> examples(Tag<SgdConfig>) {
  return {{},
          {.learning_rate = 0.1, .momentum = 0.9},
          {.learning_rate = 0.1, .momentum = 0.9, .nesterov = true},
          {.learning_rate = 0.1, .momentum = 0.5, .nesterov = true, .weight_decay = 0.3}};
}

}  // namespace test

namespace {

/// One parameter with what its optimizer remembers; `step` counts from 1.
struct Scalar {
  double value;
  double first = 0;
  double second = 0;
};

// Kingma and Ba 2015, algorithm 1.
void adam_update(const auto& config, Scalar& x, double gradient, double learning_rate, int step) {
  x.first = config.beta1 * x.first + (1 - config.beta1) * gradient;
  x.second = config.beta2 * x.second + (1 - config.beta2) * gradient * gradient;
  const double mean = x.first / (1 - std::pow(config.beta1, step));
  const double square = x.second / (1 - std::pow(config.beta2, step));
  x.value -= learning_rate * mean / (std::sqrt(square) + config.epsilon);
}

void reference_step(const AdamConfig& config, Scalar& x, double gradient, double learning_rate, int step) {
  adam_update(config, x, gradient + config.weight_decay * x.value, learning_rate, step);
}

// Loshchilov and Hutter 2019, algorithm 2.
void reference_step(const AdamWConfig& config, Scalar& x, double gradient, double learning_rate, int step) {
  x.value -= learning_rate * config.weight_decay * x.value;
  adam_update(config, x, gradient, learning_rate, step);
}

void reference_step(const SgdConfig& config, Scalar& x, double gradient, double learning_rate, int) {
  const double pull = gradient + config.weight_decay * x.value;
  x.first = config.momentum * x.first + pull;
  x.value -= learning_rate * (config.nesterov ? pull + config.momentum * x.first : x.first);
}

constexpr int64_t kSize = 37;  // no multiple of what a vector instruction takes
constexpr int kSteps = 6;

Tensor draw(int index, torch::ScalarType type) {
  Random random(3, "optimizers", static_cast<uint64_t>(index));
  return normal(random, {kSize}, torch::TensorOptions(type));
}

// A different learning rate at each step.
double factor(int step) { return 1.0 / step; }

Tensor finite() { return torch::zeros({}); }
Tensor not_finite() { return torch::ones({}); }

template <class Config>
Tensor reference(const Config& config) {
  Tensor result = draw(0, torch::kDouble);
  for (int64_t i = 0; i < kSize; ++i) {
    Scalar x{result[i].item<double>()};
    for (int step = 1; step <= kSteps; ++step) {
      const double gradient = draw(step, torch::kDouble)[i].item<double>();
      reference_step(config, x, gradient, config.learning_rate * factor(step), step);
    }
    result[i] = x.value;
  }
  return result;
}

/// All that a step may change.
std::vector<Tensor> tensors_of(const Tensor& values, const Optimizer& optimizer) {
  std::vector<Tensor> tensors = {values};
  const Optimizer::State state = optimizer.state();
  for (const auto& buffer : state.buffers) tensors.push_back(buffer.values);
  if (state.updates.defined()) tensors.push_back(state.updates);
  return tensors;
}

template <class Config>
class EveryOptimizer : public ::testing::Test {
 protected:
  Tensor values_after_steps(const Config& config, torch::ScalarType type) const {
    const Tensor values = draw(0, type);
    const auto optimizer = make_optimizer(OptimizerConfig(config), values);
    for (int step = 1; step <= kSteps; ++step) {
      optimizer->step(values, draw(step, torch::kDouble).to(type),
                      {.rate_factor = factor(step), .non_finite = finite()});
    }
    return values;
  }
};
TYPED_TEST_SUITE(EveryOptimizer, OptimizerConfig::As<::testing::Types>, test::RowName);

TYPED_TEST(EveryOptimizer, FollowsItsFormula) {
  for (const TypeParam& config : test::examples(Tag<TypeParam>{})) {
    // Rounding of some tens of operations on numbers of order 1.
    EXPECT_LT(test::distance(this->values_after_steps(config, torch::kDouble), reference(config)), 1e-14);
    EXPECT_LT(test::distance(this->values_after_steps(config, torch::kFloat), reference(config)), 3e-6);
  }
}

TYPED_TEST(EveryOptimizer, TakesGradientsTimesTheScale) {
  for (const TypeParam& config : test::examples(Tag<TypeParam>{})) {
    for (const torch::ScalarType type : {torch::kFloat, torch::kDouble}) {
      const Tensor values = draw(0, type), others = draw(0, type);
      const auto optimizer = make_optimizer(OptimizerConfig(config), values);
      const auto other = make_optimizer(OptimizerConfig(config), others);
      for (int step = 1; step <= kSteps; ++step) {
        const Tensor gradient = draw(step, type);
        const Tensor scale = torch::full({}, 0.25, type);  // exact, and another one than 1 in every step
        optimizer->step(values, gradient.clone(), {.scale = scale, .non_finite = finite()});
        other->step(others, gradient * scale, {.non_finite = finite()});
      }
      EXPECT_TRUE(torch::equal(values, others));
    }
  }
}

TYPED_TEST(EveryOptimizer, TakesGradientsInPieces) {
  for (const TypeParam& config : test::examples(Tag<TypeParam>{})) {
    for (const torch::ScalarType type : {torch::kFloat, torch::kDouble}) {
      const Tensor values = draw(0, type), others = draw(0, type), scale = torch::full({}, 0.25, type);
      const auto optimizer = make_optimizer(OptimizerConfig(config), values);
      const auto other = make_optimizer(OptimizerConfig(config), others);
      constexpr int64_t kFirst = kSize / 3;
      for (int step = 1; step <= kSteps; ++step) {
        const Tensor gradient = draw(step, type);
        const std::array pieces = {GradientPiece{gradient.narrow(0, kFirst, kSize - kFirst).clone(), kFirst},
                                   GradientPiece{gradient.narrow(0, 0, kFirst).clone(), 0}};
        optimizer->step(values, pieces, {.scale = scale, .non_finite = finite()});
        other->step(others, gradient, {.scale = scale, .non_finite = finite()});
      }
      // LibTorch's loops round otherwise in their last elements.
      EXPECT_LT(test::distance(values, others.to(torch::kDouble)), type == torch::kDouble ? 1e-14 : 3e-6);
    }
  }
}

TYPED_TEST(EveryOptimizer, ChangesNothingOnAGradientThatIsNotFinite) {
  for (const TypeParam& config : test::examples(Tag<TypeParam>{})) {
    const Tensor values = draw(0, torch::kFloat);
    const auto optimizer = make_optimizer(OptimizerConfig(config), values);
    optimizer->step(values, draw(1, torch::kFloat), {.non_finite = finite()});

    const std::vector<Tensor> now = tensors_of(values, *optimizer);
    std::vector<Tensor> before;
    for (const Tensor& tensor : now) before.push_back(tensor.clone());
    const Tensor broken = torch::full({kSize}, std::numeric_limits<float>::quiet_NaN());
    optimizer->step(values, broken, {.non_finite = not_finite()});
    for (size_t i = 0; i < now.size(); ++i) EXPECT_TRUE(torch::equal(now[i], before[i])) << i;
  }
}

TYPED_TEST(EveryOptimizer, GoesOnAfterASkippedStepAsIfItHadNotBeen) {
  for (const TypeParam& config : test::examples(Tag<TypeParam>{})) {
    const Tensor values = draw(0, torch::kDouble);
    const auto optimizer = make_optimizer(OptimizerConfig(config), values);
    for (int step = 1; step <= kSteps; ++step) {
      optimizer->step(values, draw(step, torch::kDouble),
                      {.rate_factor = factor(step), .non_finite = finite()});
      optimizer->step(values, draw(step, torch::kDouble),
                      {.rate_factor = factor(step), .non_finite = not_finite()});
    }
    EXPECT_TRUE(torch::equal(values, this->values_after_steps(config, torch::kDouble)));
  }
}

TYPED_TEST(EveryOptimizer, GoesOnFromItsStateBitForBit) {
  for (const TypeParam& config : test::examples(Tag<TypeParam>{})) {
    const Tensor values = draw(0, torch::kFloat);
    const auto first = make_optimizer(OptimizerConfig(config), values);
    first->step(values, draw(1, torch::kFloat), {.non_finite = finite()});

    const Tensor copy = values.clone();
    const auto second = make_optimizer(OptimizerConfig(config), copy);
    const std::vector<Tensor> from = tensors_of(values, *first), to = tensors_of(copy, *second);
    ASSERT_EQ(from.size(), to.size());
    for (size_t i = 0; i < to.size(); ++i) to[i].copy_(from[i]);

    first->step(values, draw(2, torch::kFloat), {.non_finite = finite()});
    second->step(copy, draw(2, torch::kFloat), {.non_finite = finite()});
    EXPECT_TRUE(torch::equal(values, copy));
  }
}

TYPED_TEST(EveryOptimizer, NamesItsLearningRate) {
  for (const TypeParam& config : test::examples(Tag<TypeParam>{})) {
    EXPECT_EQ(make_optimizer(OptimizerConfig(config), draw(0, torch::kFloat))->learning_rate(),
              config.learning_rate);
  }
}

TYPED_TEST(EveryOptimizer, LeavesTheGapsBetweenParametersAtZero) {
  for (const TypeParam& config : test::examples(Tag<TypeParam>{})) {
    const Tensor values = torch::zeros({kSize});
    const auto optimizer = make_optimizer(OptimizerConfig(config), values);
    for (int step = 0; step < 3; ++step)
      optimizer->step(values, torch::zeros({kSize}), {.non_finite = finite()});
    EXPECT_TRUE((values == 0).all().item<bool>());
  }
}

}  // namespace
}  // namespace vae
