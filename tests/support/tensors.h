// What tests ask of tensors.
#pragma once

#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>
#include <torch/nn/module.h>
#include <torch/types.h>

#include <limits>
#include <vector>

#include "core/random.h"
#include "core/tensor.h"

namespace vae::test {

inline const torch::TensorOptions kFloat64 = torch::TensorOptions(torch::kDouble);

inline Tensor values(std::vector<double> numbers) { return torch::tensor(numbers, kFloat64); }

/// Largest distance of two elements; infinite where one is not a number.
inline double distance(const Tensor& a, const Tensor& b) {
  if (a.sizes() != b.sizes()) ADD_FAILURE() << "shapes " << a.sizes() << " and " << b.sizes();
  const Tensor differences = (a.to(torch::kDouble) - b.to(torch::kDouble)).abs();
  return torch::nan_to_num(differences, std::numeric_limits<double>::infinity()).max().item<double>();
}

inline bool is_finite(const Tensor& x) { return torch::isfinite(x).all().item<bool>(); }

/// State of ATen's default generator, which nothing may draw from.
inline Tensor default_generator_state() { return at::detail::getDefaultCPUGenerator().get_state().clone(); }

/// The next words of a stream: where it stands.
inline std::vector<uint32_t> next_words(Random random) {
  std::vector<uint32_t> words(4);
  random.fill(words);
  return words;
}

/// Fills every parameter of `module` with `value`.
inline void fill_parameters(torch::nn::Module& module, double value) {
  const at::NoGradGuard guard;
  for (Tensor& parameter : module.parameters()) parameter.fill_(value);
}

}  // namespace vae::test
