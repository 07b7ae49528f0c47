// Gradients against finite differences.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "core/tensor.h"

namespace vae::test {

/// Compares d value() / d leaf with central differences, at up to `count` elements spread over the leaf. All
/// is float64: with a step of 1e-5 the differences err by some 1e-10 for their third derivative and
/// 1e-11 |value| for rounding, so that 1e-7 relative and 1e-9 |value| leave room.
inline void expect_gradient(const std::function<Tensor()>& value, const Tensor& leaf, const std::string& name,
                            int64_t count = 4) {
  leaf.mutable_grad().reset();
  const Tensor at_leaf = value();
  ASSERT_EQ(at_leaf.scalar_type(), torch::kDouble);
  at_leaf.backward();
  ASSERT_TRUE(leaf.grad().defined()) << name << " has no gradient";
  const Tensor gradient = leaf.grad().clone().reshape(-1);

  const at::NoGradGuard guard;
  constexpr double kStep = 1e-5;
  Tensor elements = leaf.detach();  // shares the leaf's memory
  const auto set = [&elements](int64_t i, double element) {
    elements.put_(torch::tensor(i), torch::tensor(element, torch::kDouble));
  };
  const auto value_at = [&](int64_t i, double element) {
    set(i, element);
    return value().item<double>();
  };
  const int64_t checked = std::min(count, elements.numel());
  for (int64_t k = 0; k < checked; ++k) {
    const int64_t i = k * elements.numel() / checked;
    const double here = elements.take(torch::tensor(i)).item<double>();
    const double difference = (value_at(i, here + kStep) - value_at(i, here - kStep)) / (2 * kStep);
    set(i, here);
    const double expected = gradient[i].item<double>();
    EXPECT_NEAR(difference, expected,
                1e-7 * std::max(1.0, std::abs(expected)) + 1e-9 * std::abs(at_leaf.item<double>()))
        << name << ", element " << i;
  }
}

}  // namespace vae::test
