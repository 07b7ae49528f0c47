#include "kernels/diagonal_gaussian.h"

#include <gtest/gtest.h>

#include "support/fused.h"

namespace vae {
namespace {

Tensor draw(const std::vector<Tensor>& inputs) { return reparameterize(inputs[1], inputs[2], inputs[0]); }
Tensor reference_draw(const std::vector<Tensor>& inputs) {
  return reference::reparameterize(inputs[1], inputs[2], inputs[0]);
}
Tensor kl(const std::vector<Tensor>& inputs) { return kl_to_standard_normal(inputs[0], inputs[1]); }
Tensor reference_kl(const std::vector<Tensor>& inputs) {
  return reference::kl_to_standard_normal(inputs[0], inputs[1]);
}
Tensor log_prob(const std::vector<Tensor>& inputs) {
  return diagonal_gaussian_log_prob(inputs[0], inputs[1], inputs[2]);
}
Tensor reference_log_prob(const std::vector<Tensor>& inputs) {
  return reference::diagonal_gaussian_log_prob(inputs[0], inputs[1], inputs[2]);
}

struct Shapes {
  std::vector<int64_t> parameters, latents;
};

const std::vector<Shapes> kShapes = {
    {{1, 1}, {1, 1}}, {{3, 5}, {1, 1, 3, 5}}, {{20, 50}, {7, 2, 20, 50}}, {{128, 33}, {128, 33}}};

/// Halves of an encoder's output: their rows are not neighbours.
std::vector<Tensor> parameters(const Shapes& shapes, double scale) {
  return (test::draws({shapes.parameters[0], 2 * shapes.parameters[1]}, 1) * scale).chunk(2, -1);
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
  for (const Shapes& shapes : kShapes) {
    for (const double scale : {0.1, 1.0, 4.0}) {
      const std::vector<Tensor> halves = parameters(shapes, scale);
      expect_agreement_by_size(draw, reference_draw, {test::draws(shapes.latents, 2), halves[0], halves[1]},
                               1, 1e-6);
    }
  }
}

// Relative to each element: near the prior, where mean and log-variance vanish, it must not cancel.
TEST(DiagonalGaussianKernel, GivesTheDivergenceOfTheReferenceInFloat64) {
  for (const Shapes& shapes : kShapes) {
    for (const double scale : {1e-4, 0.1, 1.0, 4.0}) {
      test::expect_agreement(kl, reference_kl, parameters(shapes, scale), 0, 1.5e-6, std::to_string(scale));
    }
  }
}

TEST(DiagonalGaussianKernel, GivesTheDensityOfTheReferenceInFloat64) {
  for (const Shapes& shapes : kShapes) {
    for (const double scale : {0.1, 1.0, 3.0}) {
      const std::vector<Tensor> halves = parameters(shapes, scale);
      expect_agreement_by_size(log_prob, reference_log_prob,
                               {test::draws(shapes.latents, 2), halves[0], halves[1]}, 0, 2e-6);
    }
  }
}

TEST(DiagonalGaussianKernel, LeavesOtherTypesAndShapesToTheReference) {
  const Tensor mean = test::draws({3, 4}, 1), log_variance = test::draws({3, 4}, 2),
               z = test::draws({2, 3, 4}, 3);
  const auto expect_reference = [](const Tensor& m, const Tensor& v, const Tensor& at) {
    EXPECT_TRUE(torch::equal(reparameterize(m, v, at), reference::reparameterize(m, v, at)));
    EXPECT_TRUE(
        torch::equal(diagonal_gaussian_log_prob(at, m, v), reference::diagonal_gaussian_log_prob(at, m, v)));
    EXPECT_TRUE(torch::equal(kl_to_standard_normal(m, v), reference::kl_to_standard_normal(m, v)));
  };
  expect_reference(mean.to(torch::kDouble), log_variance.to(torch::kDouble), z.to(torch::kDouble));
  expect_reference(mean[0], log_variance[0], z);
}

TEST(DiagonalGaussianKernel, RefusesSecondDerivatives) {
  const Tensor mean = test::draws({3, 4}, 1).requires_grad_(true);
  const Tensor log_variance = test::draws({3, 4}, 2), z = test::draws({3, 4}, 3);
  for (const Tensor& value :
       {reparameterize(mean, log_variance, z), kl_to_standard_normal(mean, log_variance),
        diagonal_gaussian_log_prob(z, mean, log_variance)}) {
    EXPECT_THROW(
        torch::autograd::grad({value.sum()}, {mean}, {}, /*retain_graph=*/true, /*create_graph=*/true),
        c10::Error);
  }
}

}  // namespace
}  // namespace vae
