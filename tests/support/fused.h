// Fused operations in float32 against their references in float64.
#pragma once

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "core/noise.h"
#include "support/tensors.h"

namespace vae::test {

using Operation = std::function<Tensor(const std::vector<Tensor>&)>;

/// What an operation gives, and its derivatives with respect to the inputs for a gradient that arrives;
/// undefined where an input has none.
struct Evaluated {
  Tensor value;
  std::vector<Tensor> gradients;
};

inline Tensor draws(torch::IntArrayRef shape, uint64_t seed, double scale = 1) {
  Random random(seed, "fused operations");
  return normal(random, shape, torch::TensorOptions(torch::kFloat)) * scale;
}

/// The first `constants` inputs get no gradient.
inline Evaluated evaluate(const Operation& operation, std::vector<Tensor> inputs, size_t constants,
                          const Tensor& arriving) {
  for (size_t i = 0; i < inputs.size(); ++i) inputs[i] = inputs[i].detach().requires_grad_(i >= constants);
  Evaluated result;
  result.value = operation(inputs);
  result.value.backward(arriving.to(result.value.scalar_type()));
  for (const Tensor& input : inputs) result.gradients.push_back(input.grad());
  return result;
}

inline std::vector<Tensor> in_float64(std::vector<Tensor> tensors) {
  for (Tensor& tensor : tensors) tensor = tensor.to(torch::kDouble);
  return tensors;
}

/// Every element within `tolerance` times what the terms of `scale` add up to there.
inline void expect_close(const Tensor& a, const Tensor& b, const Tensor& scale, double tolerance,
                         const std::string& what) {
  ASSERT_EQ(a.sizes(), b.sizes()) << what;
  const Tensor allowed =
      tolerance * scale.to(torch::kDouble).abs() + 1e-15;  // what float64 rounds off terms of size 1
  const Tensor error = (a.to(torch::kDouble) - b).abs() / allowed;
  EXPECT_LE(error.max().item<double>(), 1) << what << ", in units of the tolerance";
}

/// Every element within what adding up `terms` products loses, some sqrt(terms) roundings of size `rounding`,
/// relative to the size of what is summed.
inline void expect_close_by_size(const Tensor& a, const Tensor& b, int64_t terms, const std::string& what,
                                 double rounding = 0x1p-24) {
  const double tolerance = 4 * std::sqrt(static_cast<double>(terms)) * rounding;
  expect_close(a, b, b.abs().max() + b.square().mean().sqrt(), tolerance, what);
}

/// What compute() gives on so many threads.
template <class Compute>
auto on_threads(int threads, const Compute& compute) {
  const int before = at::get_num_threads();
  at::set_num_threads(threads);
  auto result = compute();
  at::set_num_threads(before);
  return result;
}

/// Compares value and gradients with the reference's in float64, relative to each element; `tolerance` is
/// the bound that the operation states.
inline void expect_agreement(const Operation& fused, const Operation& reference,
                             const std::vector<Tensor>& inputs, size_t constants, double tolerance,
                             const std::string& what) {
  const Tensor shape_of_value = fused(inputs);
  const Tensor arriving = draws(shape_of_value.sizes(), 99);
  const Evaluated ours = evaluate(fused, inputs, constants, arriving);
  const Evaluated exact = evaluate(reference, in_float64(inputs), constants, arriving);
  expect_close(ours.value, exact.value, exact.value, tolerance, what + ", value");
  for (size_t i = constants; i < inputs.size(); ++i) {
    expect_close(ours.gradients[i], exact.gradients[i], exact.gradients[i], tolerance,
                 what + ", gradient of input " + std::to_string(i));
  }
  const torch::NoGradGuard no_grad;
  EXPECT_TRUE(torch::equal(fused(inputs), ours.value)) << what << ", without gradients";
}

}  // namespace vae::test
