#include "objectives/em.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numbers>

#include "core/noise.h"
#include "data/idx.h"
#include "objectives/elbo.h"
#include "objectives/inferences.h"
#include "support/linear_gaussian_models.h"
#include "support/tensors.h"

namespace vae {
namespace {

/// The maximum of probabilistic PCA: Tipping and Bishop 1999, equations 7 and 8.
struct Maximum {
  double log_likelihood;  // per picture
  Tensor subspace;        // orthonormal, [D, latent]
};

Maximum closed_form_maximum(const Tensor& x, int64_t latent) {
  const Tensor centred = x.flatten(1) - x.flatten(1).mean(0);
  const auto [values, vectors] =
      torch::linalg_eigh(torch::matmul(centred.t(), centred) / static_cast<double>(x.size(0)));
  const int64_t size = values.size(0);
  const double variance = values.narrow(0, 0, size - latent).mean().item<double>();
  const double kept = values.narrow(0, size - latent, latent).log().sum().item<double>();
  const auto d = static_cast<double>(size);
  return {-0.5 * (d * std::log(2 * std::numbers::pi) + kept +
                  (d - static_cast<double>(latent)) * std::log(variance) + d),
          vectors.narrow(1, size - latent, latent)};
}

/// The largest angle between the spaces of two sets of columns.
double largest_angle(const Tensor& a, const Tensor& b) {
  const Tensor basis = std::get<0>(torch::linalg_qr(a));
  // By its sine: an arc cosine near 1 has half the digits.
  const Tensor rest = b - torch::matmul(basis, torch::matmul(basis.t(), b));
  return std::asin(std::min(1.0, torch::linalg_matrix_norm(rest, 2).item<double>()));
}

/// EM with exact steps on pictures x [N, C, H, W], in batches; log p(X) per picture before each iteration.
struct ExactEm {
  ExactEm(const Tensor& pictures, int64_t latent, int64_t batch_size) : x(pictures), size(batch_size) {
    config = test::linear_gaussian_config(LearnedVarianceConfig{.floor = 1e-6});
    config.latent = latent;
    model =
        test::linear_gaussian_model(config, {.channels = x.size(1), .height = x.size(2), .width = x.size(3)});
    model->start_at_mean(x.mean(0));
    inference = make_inference(EmConfig{.e_step = ExactEStepConfig{}, .m_step = ClosedFormMStepConfig{}},
                               config, *model, x.size(0));
  }

  double iterate() {
    Elbo elbo(ElboConfig{}, model->picture());
    double sum = 0;
    for (int64_t first = 0; first < x.size(0); first += size) {
      const Batch batch = {.x = x.narrow(0, first, std::min(size, x.size(0) - first)),
                           .population = x.size(0)};
      Random random(1, "latent");
      const StepContext context = {*model, elbo, batch, random};
      const EStep q = inference->e_step(context);
      sum += inference->m_step(context, *q.posterior)->objective.item<double>() *
             static_cast<double>(batch.size());
    }
    return sum / static_cast<double>(x.size(0));
  }

  Tensor weight() const { return model->named_parameters()["decoder.mlp.output.weight"].detach(); }

  Tensor x;
  int64_t size;
  ModelConfig config;
  std::shared_ptr<Vae> model;
  std::shared_ptr<Inference> inference;
};

// The first pictures of MNIST as they are, pixels k / 255.
Tensor mnist(int64_t count) {
  const std::filesystem::path folder = std::filesystem::path(VAE_SOURCE_DIR) / "../shared/data/mnist";
  if (!std::filesystem::exists(folder)) return {};
  const IdxDataset dataset(IdxConfig{.images = folder / "train-images-idx3-ubyte.gz"});
  std::vector<uint8_t> pixels(static_cast<size_t>(count * 784));
  for (int64_t i = 0; i < count; ++i) {
    dataset.get(i, std::span(pixels).subspan(static_cast<size_t>(i * 784), 784));
  }
  return torch::tensor(at::ArrayRef<uint8_t>(pixels), torch::kByte)
             .view({count, 1, 28, 28})
             .to(torch::kDouble) /
         255;
}

TEST(Em, WithExactStepsNeverDecreasesTheLikelihoodAndReachesTheMaximumOnMnist) {
  constexpr int64_t kLatent = 4;
  const Tensor x = mnist(300);
  if (!x.defined()) GTEST_SKIP() << "../shared/data/mnist is not there";
  ExactEm em(x, kLatent, /*batch_size=*/160);
  double before = em.iterate();
  for (int i = 1; i < 1000; ++i) {
    const double now = em.iterate();
    // Sums of 784 squares in double precision: rounding is some 1e-12 of the value.
    ASSERT_GT(now, before - 1e-9) << "iteration " << i;
    before = now;
  }
  const Maximum maximum = closed_form_maximum(x, kLatent);
  EXPECT_NEAR(before, maximum.log_likelihood, 1e-6);
  EXPECT_LT(before, maximum.log_likelihood + 1e-9);
  EXPECT_LT(largest_angle(em.weight(), maximum.subspace), 1e-4);
}

TEST(Em, DoesNotDependOnTheSizeOfTheBatches) {
  Random random(5, "pictures");
  const Tensor x = uniform(random, {40, 1, 2, 3}, torch::kDouble);
  ExactEm whole(x, 2, 40), parts(x, 2, 7);
  for (int i = 0; i < 5; ++i) EXPECT_NEAR(whole.iterate(), parts.iterate(), 1e-11);
  EXPECT_LT(test::distance(whole.weight(), parts.weight()), 1e-11);
}

TEST(Em, KeepsItsSumsWithTheRun) {
  Random random(5, "pictures");
  ExactEm em(uniform(random, {40, 1, 2, 3}, torch::kDouble), 2, 40);
  EXPECT_TRUE(em.inference->named_buffers().contains("cross"));
  em.iterate();
  for (const Tensor& sum : em.inference->buffers()) EXPECT_EQ(sum.abs().sum().item<double>(), 0);
}

}  // namespace
}  // namespace vae
