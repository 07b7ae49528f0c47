// Posteriors fitted to a model whose exact posterior is known: z ~ N(0, I), x ~ N(W z, v I), so that
// p(z | x) = N(m, Lambda^-1) with Lambda = I + W^T W / v and p(x) = N(0, W W^T + v I) (Bishop 2006,
// eq. 2.113-2.117).
#include <gtest/gtest.h>
#include <torch/optim/adam.h>

#include <cmath>
#include <numbers>

#include "core/noise.h"
#include "distributions/diagonal_gaussian.h"
#include "distributions/full_gaussian.h"
#include "distributions/standard_normal.h"

namespace vae {
namespace {

constexpr int64_t kLatent = 3;
constexpr int64_t kObserved = 4;
constexpr double kVariance = 0.5;
const auto kFloat64 = torch::TensorOptions(torch::kDouble);

double log_normal(const Tensor& x, const Tensor& covariance) {
  const double log_two_pi = std::log(2 * std::numbers::pi);
  const Tensor distance = x.dot(torch::linalg_solve(covariance, x));
  return -0.5 *
         (static_cast<double>(x.size(0)) * log_two_pi + torch::logdet(covariance) + distance).item<double>();
}

struct LinearGaussian {
  Tensor weight;  // [observed, latent]
  Tensor x;       // [observed]

  LinearGaussian() {
    Random random(3, "linear Gaussian");
    weight = normal(random, {kObserved, kLatent}, kFloat64);
    x = normal(random, {kObserved}, kFloat64);
  }

  Tensor precision() const { return torch::eye(kLatent, kFloat64) + weight.t().mm(weight) / kVariance; }

  double log_evidence() const {
    return log_normal(x, weight.mm(weight.t()) + kVariance * torch::eye(kObserved, kFloat64));
  }

  /// log p(x | z), z [..., latent].
  Tensor log_likelihood(const Tensor& z) const {
    const Tensor error = x - torch::matmul(z, weight.t());
    return -0.5 * (error.square() / kVariance + std::log(2 * std::numbers::pi * kVariance)).sum(-1);
  }

  /// E_q log p(x | z) for a q with this mean and covariance, without sampling.
  double expected_log_likelihood(const Tensor& mean, const Tensor& covariance) const {
    const Tensor spread = weight.mm(covariance).mm(weight.t()).trace() / kVariance;
    return (log_likelihood(mean) - 0.5 * spread).item<double>();
  }
};

/// Maximises the ELBO with reparameterised samples and the closed-form KL.
Tensor fit(const LinearGaussian& model, const PosteriorFamily& family) {
  constexpr int kSteps = 1500;
  const StandardNormal prior(kLatent);
  Tensor parameters = torch::zeros({1, family.parameters_per_picture()}, kFloat64.requires_grad(true));
  torch::optim::Adam optimizer({parameters}, torch::optim::AdamOptions(0.05));
  for (int step = 0; step < kSteps; ++step) {
    // To zero along half a cosine: what is left of the gradient's noise averages out.
    const double rate = 0.05 * 0.5 * (1 + std::cos(std::numbers::pi * step / kSteps));
    static_cast<torch::optim::AdamOptions&>(optimizer.param_groups()[0].options()).lr(rate);
    Random random(1, "fit", static_cast<uint64_t>(step));
    const auto posterior = family.at(parameters);
    const Tensor elbo = model.log_likelihood(posterior->rsample(1, 64, random)).mean() -
                        posterior->kl_per_dimension(prior)->sum();
    optimizer.zero_grad();
    (-elbo).backward();
    optimizer.step();
  }
  return parameters.detach();
}

double fitted_elbo(const LinearGaussian& model, const PosteriorFamily& family, const Tensor& parameters) {
  const auto posterior = family.at(parameters);
  // The covariance from the families' parameters, not from draws: 1e-3 nats would take millions of them.
  const Tensor mean = parameters[0].narrow(0, 0, kLatent);
  Tensor scale;
  if (family.parameters_per_picture() == 2 * kLatent) {
    scale = (0.5 * parameters[0].narrow(0, kLatent, kLatent)).exp().diag();
  } else {
    scale = parameters[0].narrow(0, kLatent, kLatent).exp().diag();
    const Tensor below = parameters[0].narrow(0, 2 * kLatent, kLatent * (kLatent - 1) / 2);
    const Tensor index = torch::tril_indices(kLatent, kLatent, -1);
    scale.index_put_({index[0], index[1]}, below);
  }
  const double kl = posterior->kl_per_dimension(StandardNormal(kLatent))->sum().item<double>();
  return model.expected_log_likelihood(mean, scale.mm(scale.t())) - kl;
}

constexpr double kNats = 1e-3;  // what the gradients' noise leaves; the optimum itself is exact

TEST(LinearGaussian, FullCovarianceReachesTheEvidence) {
  const LinearGaussian model;
  const auto family = make_posterior(FullGaussianConfig{}, kLatent);
  EXPECT_NEAR(fitted_elbo(model, *family, fit(model, *family)), model.log_evidence(), kNats);
}

// The gap of the best factorised Gaussian: its variances are 1 / Lambda_ii (Bishop 2006, section 10.1.2).
TEST(LinearGaussian, DiagonalCovarianceStopsBelowItByTheKnownGap) {
  const LinearGaussian model;
  const auto family = make_posterior(DiagonalGaussianConfig{}, kLatent);
  const Tensor precision = model.precision();
  const double gap = 0.5 * (precision.diagonal().log().sum() - torch::logdet(precision)).item<double>();
  ASSERT_GT(gap, 0.1);  // correlated enough to tell the two apart
  EXPECT_NEAR(fitted_elbo(model, *family, fit(model, *family)), model.log_evidence() - gap, kNats);
}

TEST(LinearGaussian, SamplesOfAnyLinearMapHaveItsCovarianceAndTheDensityOfItsCholeskyFactor) {
  constexpr int64_t kDraws = 200'000;
  Random random(5, "A");
  const Tensor a = normal(random, {kLatent, kLatent}, kFloat64);
  const Tensor b = normal(random, {kLatent}, kFloat64);
  const Tensor covariance = a.mm(a.t());
  const Tensor z = torch::matmul(normal(random, {kDraws, kLatent}, kFloat64), a.t()) + b;
  const Tensor centred = z - b;
  const Tensor products = centred.unsqueeze(1) * centred.unsqueeze(2);
  const Tensor error = products.std(0) / std::sqrt(static_cast<double>(kDraws));
  EXPECT_LT(((products.mean(0) - covariance) / error).abs().max().item<double>(), 4.5);  // standard errors

  const Tensor scale = torch::linalg_cholesky(covariance);
  const FullGaussian posterior(b.unsqueeze(0), scale.diagonal().log().unsqueeze(0), scale.unsqueeze(0));
  EXPECT_NEAR(posterior.log_prob(z.narrow(0, 0, 1)).item<double>(), log_normal(z[0] - b, covariance), 1e-10);
}

}  // namespace
}  // namespace vae
