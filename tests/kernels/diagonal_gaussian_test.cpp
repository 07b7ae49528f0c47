#include "kernels/diagonal_gaussian.h"

#include <gtest/gtest.h>

#include "support/fused.h"

namespace vae {
namespace {

Tensor draw(const std::vector<Tensor>& inputs) { return reparameterize(inputs[1], inputs[0]); }
Tensor reference_draw(const std::vector<Tensor>& inputs) {
  return reference::reparameterize(inputs[1], inputs[0]);
}
Tensor kl(const std::vector<Tensor>& inputs) { return kl_to_standard_normal(inputs[0]); }
Tensor reference_kl(const std::vector<Tensor>& inputs) { return reference::kl_to_standard_normal(inputs[0]); }
Tensor log_prob(const std::vector<Tensor>& inputs) {
  return diagonal_gaussian_log_prob(inputs[0], inputs[1]);
}
Tensor reference_log_prob(const std::vector<Tensor>& inputs) {
  return reference::diagonal_gaussian_log_prob(inputs[0], inputs[1]);
}

const std::vector<std::vector<int64_t>> kShapesOfLatents = {{1, 1}, {1, 1, 3, 5}, {7, 2, 20, 50}, {128, 33}};

/// A part of an encoder's output: the rows are not neighbours.
Tensor parameters(const std::vector<int64_t>& latents, double scale) {
  const int64_t pictures = latents[latents.size() - 2], count = 2 * latents.back();
  return (test::draws({pictures, count + 3}, 1) * scale).narrow(1, 0, count);
}

/// Sums whose terms cancel err relative to the terms: these are compared by their largest element.
void expect_agreement_by_size(const test::Operation& fused, const test::Operation& reference,
                              const std::vector<Tensor>& inputs, size_t constants, double tolerance) {
  const Tensor arriving = test::draws(fused(inputs).sizes(), 99);
  const test::Evaluated ours = test::evaluate(fused, inputs, constants, arriving);
  const test::Evaluated exact = test::evaluate(reference, test::in_float64(inputs), constants, arriving);
  test::expect_close(ours.value, exact.value, exact.value.abs().max(), tolerance, "value");
  for (size_t i = constants; i < inputs.size(); ++i) {
    test::expect_close(ours.gradients[i], exact.gradients[i], exact.gradients[i].abs().max(), tolerance,
                       "gradient of input " + std::to_string(i));
  }
  const torch::NoGradGuard no_grad;
  EXPECT_TRUE(torch::equal(fused(inputs), ours.value));
}

TEST(DiagonalGaussianKernel, DrawsAsTheReferenceInFloat64) {
  for (const std::vector<int64_t>& latents : kShapesOfLatents) {
    for (const double scale : {0.1, 1.0, 4.0}) {
      expect_agreement_by_size(draw, reference_draw, {test::draws(latents, 2), parameters(latents, scale)}, 1,
                               1e-6);
    }
  }
}

// Relative to each element: near the prior, where mean and log-variance vanish, it must not cancel.
TEST(DiagonalGaussianKernel, GivesTheDivergenceOfTheReferenceInFloat64) {
  for (const std::vector<int64_t>& latents : kShapesOfLatents) {
    for (const double scale : {1e-4, 0.1, 1.0, 4.0}) {
      test::expect_agreement(kl, reference_kl, {parameters(latents, scale)}, 0, 1.5e-6,
                             std::to_string(scale));
    }
  }
}

TEST(DiagonalGaussianKernel, GivesTheDensityOfTheReferenceInFloat64) {
  for (const std::vector<int64_t>& latents : kShapesOfLatents) {
    for (const double scale : {0.1, 1.0, 3.0}) {
      expect_agreement_by_size(log_prob, reference_log_prob,
                               {test::draws(latents, 2), parameters(latents, scale)}, 0, 2e-6);
    }
  }
}

TEST(DiagonalGaussianKernel, LeavesOtherTypesAndShapesToTheReference) {
  const Tensor parameters = test::draws({3, 8}, 1), z = test::draws({2, 3, 4}, 3);
  const auto expect_reference = [](const Tensor& p, const Tensor& at) {
    EXPECT_TRUE(torch::equal(reparameterize(p, at), reference::reparameterize(p, at)));
    EXPECT_TRUE(
        torch::equal(diagonal_gaussian_log_prob(at, p), reference::diagonal_gaussian_log_prob(at, p)));
    EXPECT_TRUE(torch::equal(kl_to_standard_normal(p), reference::kl_to_standard_normal(p)));
  };
  expect_reference(parameters.to(torch::kDouble), z.to(torch::kDouble));
  expect_reference(parameters[0], z);
}

TEST(DiagonalGaussianKernel, RefusesSecondDerivatives) {
  const Tensor parameters = test::draws({3, 8}, 1).requires_grad_(true), z = test::draws({3, 4}, 3);
  for (const Tensor& value : {reparameterize(parameters, z), kl_to_standard_normal(parameters),
                              diagonal_gaussian_log_prob(z, parameters)}) {
    EXPECT_THROW(
        torch::autograd::grad({value.sum()}, {parameters}, {}, /*retain_graph=*/true, /*create_graph=*/true),
        c10::Error);
  }
}

}  // namespace
}  // namespace vae
