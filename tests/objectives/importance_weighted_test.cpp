// Bounds of importance samples where their values are known.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "objectives/objectives.h"
#include "support/models.h"
#include "support/tensors.h"

namespace vae {
namespace {

Terms evaluate(const ObjectiveConfig& config, const Vae& model, const Batch& batch) {
  Random random(1, "eps");
  return make_objective(config, model.picture())
      ->evaluate(model, *model.encode(batch.x, batch.labels), batch, random, {});
}

std::vector<Tensor> gradients(const ObjectiveConfig& config, Vae& model, const Batch& batch) {
  model.zero_grad();
  evaluate(config, model, batch).surrogate.backward();
  std::vector<Tensor> all;
  for (const Tensor& parameter : model.parameters()) all.push_back(parameter.grad().clone());
  return all;
}

TEST(Iwae, OfOneSampleIsTheElboOfTheSameDraw) {
  const auto model = test::tiny_model();
  const Batch batch = {.x = test::binary_pictures(5)};
  const IwaeConfig iwae{.importance_samples = 1};
  const ElboConfig elbo{.kl = KlEstimate::sampled};
  // The same sums in another order.
  EXPECT_NEAR(evaluate(iwae, *model, batch).objective.item<double>(),
              evaluate(elbo, *model, batch).objective.item<double>(), 1e-12);
  const auto of_iwae = gradients(iwae, *model, batch), of_elbo = gradients(elbo, *model, batch);
  for (size_t i = 0; i < of_iwae.size(); ++i) EXPECT_LT(test::distance(of_iwae[i], of_elbo[i]), 1e-12);
}

/// z ~ N(0, I), x ~ N(W z + b, v I), the encoder set to the exact posterior N(A (x - b), Lambda^-1), where
/// Lambda = I + W^T W / v and A = Lambda^-1 W^T / v (Bishop 2006, equations 2.116 and 2.117).
struct ExactModel {
  static constexpr int64_t kLatent = 2;
  static constexpr int64_t kObserved = 3;
  static constexpr double kVariance = 0.5;

  Tensor weight = test::values({0.7, -0.4, 0.2, 1.1, -0.9, 0.3}).view({kObserved, kLatent});
  Tensor bias = test::values({0.1, -0.2, 0.3});
  std::shared_ptr<Vae> model;

  ExactModel() {
    ModelConfig config = test::tiny_config(
        MlpConfig{.hidden = {}}, GaussianConfig{.variance = FixedVarianceConfig{.value = kVariance}});
    config.latent = kLatent;
    config.posterior = FullGaussianConfig{};
    model = std::make_shared<Vae>(config, PictureShape{.channels = 1, .height = 1, .width = kObserved}, 1);
    model->to(torch::kDouble);
    const torch::NoGradGuard no_grad;
    const Tensor precision = torch::eye(kLatent, test::kFloat64) + weight.t().mm(weight) / kVariance;
    const Tensor map = torch::linalg_solve(precision, weight.t()) / kVariance;
    const Tensor scale = torch::linalg_cholesky(torch::linalg_inv(precision));
    auto parameters = model->named_parameters();
    parameters["decoder.mlp.output.weight"].copy_(weight);
    parameters["decoder.mlp.output.bias"].copy_(bias);
    // mu, log L_11, log L_22, L_21.
    Tensor encoder = parameters["encoder.mlp.output.weight"];
    encoder.zero_();
    encoder.narrow(0, 0, kLatent).copy_(map);
    parameters["encoder.mlp.output.bias"].copy_(
        torch::cat({-map.mv(bias), scale.diagonal().log(), scale[1][0].view(1)}));
  }

  /// The mean of log N(x; b, W W^T + v I), x [N, observed].
  double log_evidence(const Tensor& x) const {
    const Tensor covariance = weight.mm(weight.t()) + kVariance * torch::eye(kObserved, test::kFloat64);
    const Tensor error = x - bias;
    const Tensor distance = (error * torch::linalg_solve(covariance, error, /*left=*/false)).sum(-1);
    return -0.5 * (kObserved * std::log(2 * std::numbers::pi) + torch::logdet(covariance) + distance)
                      .mean()
                      .item<double>();
  }
};

TEST(EveryBound, IsTheEvidenceWhereThePosteriorIsExact) {
  const ExactModel exact;
  const Tensor x = test::values({0.2, -0.5, 0.9, 1.4, 0.3, -0.8}).view({2, ExactModel::kObserved});
  const Batch batch = {.x = x.view({2, 1, 1, ExactModel::kObserved})};
  const double evidence = exact.log_evidence(x);
  for (const int64_t count : {1, 2, 50}) {
    const std::vector<ObjectiveConfig> all = {IwaeConfig{.importance_samples = count},
                                              MiwaeConfig{.importance_samples = count, .samples = 3},
                                              CiwaeConfig{.importance_samples = count, .beta = 0.3},
                                              RenyiConfig{.importance_samples = count, .alpha = -2},
                                              ElboConfig{.samples = count, .kl = KlEstimate::sampled}};
    for (const ObjectiveConfig& objective : all) {
      EXPECT_NEAR(evaluate(objective, *exact.model, batch).objective.item<double>(), evidence, 1e-10)
          << objective.type() << " of " << count;
    }
  }
}

}  // namespace
}  // namespace vae
