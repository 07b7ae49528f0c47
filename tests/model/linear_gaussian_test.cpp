#include "model/linear_gaussian.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "core/noise.h"
#include "support/linear_gaussian_models.h"
#include "support/tensors.h"

namespace vae {
namespace {

using test::kFloat64;

constexpr int64_t kPictures = 50;

Tensor pictures() {
  Random random(2, "pictures");
  return uniform(random, {kPictures, 1, 2, 3}, kFloat64);
}

// log N(x; b, W W^T + v I), the marginal without any z.
Tensor log_marginal(const Vae& model, double variance, const Tensor& x) {
  const auto parameters = model.named_parameters();
  const Tensor weight = parameters["decoder.mlp.output.weight"].detach();
  const Tensor centred = x.flatten(1) - parameters["decoder.mlp.output.bias"].detach();
  const int64_t size = centred.size(1);
  const Tensor covariance = weight.mm(weight.t()) + variance * torch::eye(size, kFloat64);
  const Tensor distance = (centred * torch::linalg_solve(covariance, centred.t()).t()).sum(1);
  return -0.5 *
         (distance + torch::logdet(covariance) + static_cast<double>(size) * std::log(2 * std::numbers::pi));
}

TEST(LinearGaussian, HasThePosteriorUnderWhichEveryDrawTellsTheMarginal) {
  const ModelConfig config = test::linear_gaussian_config(test::learned_variance());
  const auto model = test::linear_gaussian_model(config);
  const torch::NoGradGuard no_grad;
  const Tensor x = pictures();
  const auto posterior = model->posterior().at(LinearGaussian(*model, config).posterior_parameters(x));
  // Drawn as float32, so that it is not quite what the config says.
  const double variance = model->named_parameters()["likelihood.variance.raw"].exp().item<double>() + 1e-6;
  Random random(1, "z");
  const auto [z, log_q] = posterior->sample(1, 4, random);
  const Tensor log_p = model->likelihood().log_prob(x, model->decode(z)) + model->prior().log_prob(z) - log_q;
  EXPECT_LT(test::distance(log_p[0], log_marginal(*model, variance, x).expand({4, -1})), 1e-10);
}

// Expected log p(x, z) by the mean and covariance that the posterior had, as autograd sees it.
TEST(LinearGaussian, IsMaximisedWhereTheExpectedLogDensityHasNoSlope) {
  const ModelConfig config = test::linear_gaussian_config(test::learned_variance());
  const auto model = test::linear_gaussian_model(config);
  LinearGaussian exact(*model, config);
  const Tensor x = pictures();
  const LinearGaussianMoments moments = exact.moments(x);
  const auto posterior = model->posterior().at(exact.posterior_parameters(x));
  const Tensor mean = posterior->mean();
  const Tensor before = model->named_parameters()["decoder.mlp.output.weight"].detach().clone();
  const double old_variance =
      model->named_parameters()["likelihood.variance.raw"].exp().item<double>() + 1e-6;
  const Tensor covariance = torch::linalg_inv(torch::eye(2, kFloat64) + before.t().mm(before) / old_variance);
  exact.maximise(moments);

  const auto parameters = model->named_parameters();
  const Tensor weight = parameters["decoder.mlp.output.weight"];
  const Tensor variance = parameters["likelihood.variance.raw"].exp() + 1e-6;
  const Tensor error = x.flatten(1) - mean.mm(weight.t()) - parameters["decoder.mlp.output.bias"];
  const auto count = static_cast<double>(kPictures);
  const Tensor expected =
      -0.5 * ((error.square().sum() + count * (weight.mm(covariance) * weight).sum()) / variance +
              count * 6 * variance.log());
  expected.backward();
  for (const char* name :
       {"decoder.mlp.output.weight", "decoder.mlp.output.bias", "likelihood.variance.raw"}) {
    EXPECT_LT(parameters[name].grad().abs().max().item<double>(), 1e-9) << name;
  }
}

TEST(LinearGaussian, LeavesAFixedVarianceAlone) {
  const ModelConfig config = test::linear_gaussian_config(FixedVarianceConfig{.value = 0.3});
  const auto model = test::linear_gaussian_model(config);
  LinearGaussian exact(*model, config);
  exact.maximise(exact.moments(pictures()));
  const Tensor x = pictures();
  const auto posterior = model->posterior().at(exact.posterior_parameters(x));
  Random random(1, "z");
  const torch::NoGradGuard no_grad;
  const auto [z, log_q] = posterior->sample(1, 1, random);
  const Tensor log_p = model->likelihood().log_prob(x, model->decode(z)) + model->prior().log_prob(z) - log_q;
  EXPECT_LT(test::distance(log_p[0][0], log_marginal(*model, 0.3, x)), 1e-10);
}

TEST(LinearGaussian, IsToldFromOtherModelsByTheKeysThatDiffer) {
  const ModelConfig linear = test::linear_gaussian_config(test::learned_variance());
  EXPECT_EQ(check_linear_gaussian(linear), std::nullopt);
  const auto complaint = [&](auto change) {
    ModelConfig config = linear;
    change(config);
    return check_linear_gaussian(config).value_or("");
  };
  const auto names = [](const std::string& text, const std::string& key) {
    return text.find(key) != std::string::npos;
  };
  EXPECT_TRUE(names(complaint([](auto& c) { c.decoder = MlpConfig{}; }), "model.decoder"));
  EXPECT_TRUE(names(complaint([](auto& c) { c.likelihood = BernoulliConfig{}; }), "model.likelihood"));
  EXPECT_TRUE(
      names(complaint([](auto& c) { c.likelihood = GaussianConfig{.variance = PerPixelVarianceConfig{}}; }),
            "model.likelihood"));
  EXPECT_TRUE(names(complaint([](auto& c) { c.prior = GaussianMixtureConfig{}; }), "model.prior"));
  EXPECT_TRUE(names(complaint([](auto& c) { c.posterior = DiagonalGaussianConfig{}; }), "model.posterior"));
  EXPECT_TRUE(names(complaint([](auto& c) { c.condition = ConditionConfig{}; }), "model.condition"));
}

}  // namespace
}  // namespace vae
