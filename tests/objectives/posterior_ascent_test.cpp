#include "objectives/posterior_ascent.h"

#include <gtest/gtest.h>
#include <torch/optim/adam.h>

#include <limits>

#include "core/noise.h"
#include "model/linear_gaussian.h"
#include "objectives/elbo.h"
#include "objectives/scores.h"
#include "support/linear_gaussian_models.h"
#include "support/models.h"
#include "support/tensors.h"

namespace vae {
namespace {

using test::kFloat64;

constexpr int64_t kPictures = 4;

Tensor random_rows(std::string_view purpose, uint64_t index = 0) {
  Random random(1, purpose, index);
  return normal(random, {kPictures, 3}, kFloat64);
}

TEST(PosteriorAscent, StepsEachPictureAsAdamWould) {
  Tensor expected = random_rows("values");
  PosteriorParameters rows = PosteriorParameters::start(expected);
  expected.requires_grad_();
  torch::optim::Adam adam({expected}, torch::optim::AdamOptions(0.1));
  for (uint64_t step = 0; step < 5; ++step) {
    const Tensor gradient = random_rows("gradient", step);
    descend(rows, gradient, 0.1);
    expected.mutable_grad() = gradient;
    adam.step();
  }
  EXPECT_LT(test::distance(rows.values, expected.detach()), 1e-12);
}

// A picture that comes by for the first time takes a whole first step, whatever the others have behind them.
TEST(PosteriorAscent, CountsTheUpdatesOfEachPicture) {
  PosteriorParameters rows = PosteriorParameters::start(torch::zeros({2, 1}, kFloat64));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (int i = 0; i < 50; ++i) descend(rows, test::values({1, nan}).view({2, 1}), 0.1);
  EXPECT_EQ(rows.values[1].item<double>(), 0) << "not finite: stays";
  EXPECT_EQ(rows.updates[1].item<double>(), 0);
  descend(rows, test::values({1, 1}).view({2, 1}), 0.1);
  EXPECT_NEAR(rows.values[1].item<double>(), -0.1, 1e-8);
}

// What autograd gives for the sum over pictures of a batch is each picture's own gradient.
TEST(PosteriorAscent, HasForEachPictureTheGradientOfItsOwnTerm) {
  const auto model = test::tiny_model();
  Elbo elbo({.beta = 2}, model->picture());
  const Batch batch = {.x = test::binary_pictures(kPictures)};
  const Tensor lambda = model->encode_parameters(batch.x).detach();
  Random random(1, "eps");
  const Tensor all = posterior_gradient({*model, elbo, batch, random}, lambda);
  const int64_t latent = model->latent();
  for (int64_t i = 0; i < kPictures; ++i) {
    Random noise(1, "eps");
    noise.skip(static_cast<uint64_t>(i * latent) * kWordsPerNormal);
    const Batch alone = {.x = batch.x.narrow(0, i, 1)};
    const Tensor one = posterior_gradient({*model, elbo, alone, noise}, lambda.narrow(0, i, 1));
    EXPECT_LT(test::distance(all[i], one[0]), 1e-12);
  }
  EXPECT_GT(all.abs().max().item<double>(), 1e-3);
}

TEST(PosteriorAscent, LeavesTheWeightsWithoutGradients) {
  const auto model = test::tiny_model();
  const Batch batch = {.x = test::binary_pictures(kPictures)};
  fit_posterior(*model, batch, ignorant_parameters(*model, batch), {.steps = 2}, 1);
  for (const Tensor& parameter : model->parameters()) EXPECT_FALSE(parameter.grad().defined());
}

// The only q under which log w does not vary is the exact posterior: what is left of the gap to log p(x)
// comes from Adam's last steps.
TEST(PosteriorAscent, FindsTheExactPosteriorOfALinearGaussianModel) {
  const ModelConfig config = test::linear_gaussian_config(test::learned_variance());
  const auto model = test::linear_gaussian_model(config);
  Random random(1, "x");
  const Batch batch = {.x = uniform(random, {kPictures, 1, 2, 3}, kFloat64)};
  const auto elbo = [&](const Tensor& lambda) {
    return score(*model, *model->posterior().at(lambda), batch, 200, 1).elbo();
  };
  const Tensor exact = LinearGaussian(*model, config).posterior_parameters(batch.x);
  const Tensor start = ignorant_parameters(*model, batch);
  const Tensor fitted = fit_posterior(*model, batch, start, {.steps = 1500, .learning_rate = 0.05}, 1);
  EXPECT_LT(test::distance(elbo(fitted), elbo(exact)), 0.02);
  EXPECT_GT(test::distance(elbo(start), elbo(exact)), 0.3);
}

TEST(PosteriorAscent, DoesNotDependOnTheSizeOfTheBatches) {
  const auto model = test::tiny_model();
  const Batch whole = {.x = test::binary_pictures(kPictures)};
  const Batch second = {.x = whole.x.narrow(0, 2, 2), .first = 2};
  const FitConfig fit = {.steps = 20};
  const Tensor together = fit_posterior(*model, whole, ignorant_parameters(*model, whole), fit, 3);
  const Tensor apart = fit_posterior(*model, second, ignorant_parameters(*model, second), fit, 3);
  EXPECT_LT(test::distance(together.narrow(0, 2, 2), apart), 1e-12);
}

}  // namespace
}  // namespace vae
