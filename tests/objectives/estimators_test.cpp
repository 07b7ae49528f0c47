// Estimators of gradients against the gradients that they estimate, on models where these are known:
// z ~ N(0, 1), x ~ N(w z, v), q(z) = N(mu, sigma^2) which is not the posterior; theta = w, lambda = (mu, log
// sigma^2).
#include "objectives/estimators.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "distributions/diagonal_gaussian.h"
#include "distributions/normal.h"
#include "distributions/posteriors.h"
#include "support/examples.h"
#include "support/statistics.h"
#include "support/tensors.h"

namespace vae {
namespace {

constexpr double kObserved = 1.3;
constexpr double kLogVariance = -0.5;
constexpr int64_t kDraws = 200'000;
constexpr PictureShape kPicture{.channels = 1, .height = 1, .width = 1};

Tensor parameter_values() { return test::values({-0.8, 0.4, 0.9}); }  // mu, log sigma^2, w

Tensor zeros() { return torch::zeros({}, test::kFloat64); }

/// log p(x, z) - log q(z), elementwise.
Tensor log_weight(const Tensor& z, const Tensor& mean, const Tensor& log_variance, const Tensor& weight) {
  return normal_log_prob(torch::full({}, kObserved, test::kFloat64), weight * z, zeros() + kLogVariance) +
         normal_log_prob(z, zeros(), zeros()) - normal_log_prob(z, mean, log_variance);
}

/// E of a function of log w under q, by the trapezoidal rule, which is exact to rounding for such integrands.
Tensor expectation(const Tensor& parameters, const std::function<Tensor(const Tensor&)>& f) {
  constexpr double kStep = 0.02;
  const Tensor z = torch::arange(-10, 10, kStep, test::kFloat64);
  const Tensor density = normal_log_prob(z, parameters[0], parameters[1]).exp();
  return (density * f(log_weight(z, parameters[0], parameters[1], parameters[2]))).sum(-1) * kStep;
}

Tensor elbo(const Tensor& parameters) {
  return expectation(parameters, [](const Tensor& log_w) { return log_w; });
}

/// E[1/p log 1/K sum_k w_k^p] for K draws, through E log S = integral (e^-t - E[e^-tS]) dt / t for S > 0,
/// where E[e^-tS] = E[e^-t w^p]^K is an integral over one draw; t = e^s.
Tensor power_mean(const Tensor& parameters, double power, int64_t count) {
  constexpr double kStep = 0.1;
  const Tensor s = torch::arange(-60, 60, kStep, test::kFloat64);
  const Tensor laplace = expectation(parameters, [&](const Tensor& log_w) {
    return torch::exp(-torch::exp(s.unsqueeze(1) + power * log_w));
  });
  const Tensor log_sum = (torch::exp(-torch::exp(s)) - laplace.pow(count)).sum() * kStep;
  return (log_sum - std::log(static_cast<double>(count))) / power;
}

struct Case {
  std::string name;
  std::shared_ptr<Bound> bound;
  int64_t importance_samples;
  int64_t samples;
  std::function<Tensor(const Tensor&)> expected;
};

std::vector<Case> cases() {
  std::vector<Case> all = {{"ELBO", std::make_shared<MeanBound>(), 1, 1, elbo},
                           {"ELBO, M = 2", std::make_shared<MeanBound>(), 1, 2, elbo},
                           {"Renyi 0.5, K = 3", std::make_shared<RenyiBound>(0.5), 3, 1,
                            [](const Tensor& p) { return power_mean(p, 0.5, 3); }},
                           {"CIWAE, K = 3", std::make_shared<ConvexBound>(0.3), 3, 1,
                            [](const Tensor& p) { return 0.3 * elbo(p) + 0.7 * power_mean(p, 1, 3); }}};
  for (const int64_t count : {2, 8}) {
    all.push_back({fmt::format("IWAE, K = {}", count), std::make_shared<RenyiBound>(), count, 1,
                   [count](const Tensor& p) { return power_mean(p, 1, count); }});
  }
  return all;
}

/// The gradient of each of kDraws draws: [kDraws, 3].
Tensor drawn_gradients(Estimator& estimator, const Case& example, uint64_t seed) {
  const Tensor parameters = parameter_values().expand({kDraws, -1}).contiguous().requires_grad_();
  const Tensor mean = parameters.slice(1, 0, 1);
  const Tensor log_variance = parameters.slice(1, 1, 2);
  const Tensor x = torch::full({kDraws, 1, 1, 1}, kObserved, test::kFloat64);
  Random random(seed, "gradients");
  const EstimatorDraws draws =
      estimator.draw(DiagonalGaussian(mean, log_variance),
                     {.importance_samples = example.importance_samples, .samples = example.samples}, random);
  const Tensor z = draws.latents.z;
  const Tensor joint = normal_log_prob(torch::full({}, kObserved, test::kFloat64),
                                       parameters.slice(1, 2, 3) * z, zeros() + kLogVariance) +
                       normal_log_prob(z, zeros(), zeros());
  const Tensor log_weights = joint.squeeze(-1) - draws.latents.log_prob;
  estimator.surrogate(x, draws, log_weights, *example.bound).backward();
  return parameters.grad() * static_cast<double>(kDraws);
}

Tensor exact_gradient(const Case& example) {
  const Tensor parameters = parameter_values().requires_grad_();
  example.expected(parameters).backward();
  return parameters.grad();
}

template <class Row>
class EveryEstimator : public testing::Test {};
TYPED_TEST_SUITE(EveryEstimator, EstimatorConfig::As<testing::Types>, test::RowName);

TYPED_TEST(EveryEstimator, HasTheGradientAsItsMean) {
  for (const TypeParam& config : test::examples(Tag<TypeParam>{})) {
    for (const Case& example : cases()) {
      if (check_samples(config, example.importance_samples, example.samples)) continue;
      const auto estimator = make_estimator(EstimatorConfig(config), kPicture);
      estimator->initialize(Random(1, "estimator"));
      estimator->to(torch::kDouble);
      drawn_gradients(*estimator, example, 1);  // baselines that remember have something to remember
      const Tensor draws = drawn_gradients(*estimator, example, 2);
      const Tensor exact = exact_gradient(example);
      EXPECT_LT(test::z_score(draws, exact), 4) << example.name;
      const Tensor standard_error = draws.std(0) / std::sqrt(static_cast<double>(kDraws));
      EXPECT_LT((standard_error.norm() / exact.norm()).template item<double>(), 0.05) << example.name;
    }
  }
}

// What the quadrature above stands on, by plain sampling.
TEST(PowerMean, IsTheMeanOfTheBoundAtDraws) {
  const Tensor p = parameter_values();
  Random random(3, "draws");
  const Tensor z =
      DiagonalGaussian(p.slice(0, 0, 1).expand({kDraws, 1}), p.slice(0, 1, 2).expand({kDraws, 1}))
          .rsample(3, 1, random);
  const Tensor log_w = log_weight(z.squeeze(-1), p[0], p[1], p[2]);
  for (const auto& [alpha, power] : {std::pair{0.0, 1.0}, std::pair{0.5, 0.5}, std::pair{-1.0, 2.0}}) {
    EXPECT_LT(test::z_score(RenyiBound(alpha).value(log_w)[0], power_mean(p, power, 3)),
              test::kStandardErrors);
  }
}

TEST(Stl, HasNoVarianceAtTheExactPosterior) {
  // p(z | x) = N(w x / (w^2 + v), v / (w^2 + v)).
  const double weight = 0.9, variance = std::exp(kLogVariance), precision = weight * weight + variance;
  const Tensor parameters = test::values({weight * kObserved / precision, std::log(variance / precision)})
                                .expand({100, 2})
                                .contiguous()
                                .requires_grad_();
  Stl estimator;
  Random random(1, "stl");
  const EstimatorDraws draws =
      estimator.draw(DiagonalGaussian(parameters.slice(1, 0, 1), parameters.slice(1, 1, 2)), {}, random);
  const Tensor z = draws.latents.z;
  const Tensor joint =
      normal_log_prob(torch::full({}, kObserved, test::kFloat64), weight * z, zeros() + kLogVariance) +
      normal_log_prob(z, zeros(), zeros());
  estimator.surrogate({}, draws, joint.squeeze(-1) - draws.latents.log_prob, MeanBound()).backward();
  EXPECT_LT(parameters.grad().abs().max().item<double>(), 1e-14);  // rounding of terms near one
}

// A baseline is worth having where the spread falls: each named one against none, on the same draws.
TEST(Reinforce, SpreadFallsWithEveryBaseline) {
  const Case example{"", std::make_shared<MeanBound>(), 1, 2, elbo};
  const auto spread = [&](const BaselineConfig& baseline) {
    Reinforce estimator({.baseline = baseline}, kPicture);
    estimator.initialize(Random(1, "estimator"));
    estimator.to(torch::kDouble);
    drawn_gradients(estimator, example, 1);
    return drawn_gradients(estimator, example, 2).var(0).sum().item<double>();
  };
  const double none = spread(NoBaselineConfig{});
  EXPECT_LT(spread(MovingAverageBaselineConfig{}), 0.8 * none);
  EXPECT_LT(spread(LeaveOneOutConfig{}), none);
}

// q over three categories, f(z) = c_z - log q(z): the expectation is a sum of three terms.
TEST(Reinforce, OfCategoriesHasTheGradientAsItsMean) {
  const Tensor values = test::values({-1.5, 0.4, 0.9});
  const Tensor logits = test::values({0.3, -0.5, 0.1});
  const auto family = make_posterior(CategoricalPosteriorConfig{.categories = 3}, 3);

  const Tensor exact_logits = logits.clone().requires_grad_();
  const Tensor log_pi = torch::log_softmax(exact_logits, 0);
  (log_pi.exp() * (values - log_pi)).sum().backward();

  for (const ReinforceConfig& config : test::examples(Tag<ReinforceConfig>{})) {
    Reinforce estimator(config, kPicture);
    estimator.initialize(Random(1, "estimator"));
    estimator.to(torch::kDouble);
    const Tensor parameters = logits.expand({kDraws, 3}).contiguous().requires_grad_();
    Random random(1, "categories");
    const EstimatorDraws draws = estimator.draw(*family->at(parameters), {.samples = 2}, random);
    const Tensor log_weights = (draws.latents.z * values).sum(-1) - draws.latents.log_prob;
    estimator.surrogate(torch::zeros({kDraws, 1, 1, 1}, test::kFloat64), draws, log_weights, MeanBound())
        .backward();
    EXPECT_LT(test::z_score(parameters.grad() * static_cast<double>(kDraws), exact_logits.grad()), 4);
  }
}

TEST(CheckSamples, RefusesWhatIsBiasedOrHasNothingToCompare) {
  EXPECT_TRUE(check_samples(StlConfig{}, 2, 1).has_value());
  EXPECT_FALSE(check_samples(StlConfig{}, 1, 4).has_value());
  const ReinforceConfig leave_one_out{.baseline = LeaveOneOutConfig{}};
  EXPECT_TRUE(check_samples(leave_one_out, 1, 1).has_value());
  EXPECT_FALSE(check_samples(leave_one_out, 2, 1).has_value());
  EXPECT_FALSE(check_samples(leave_one_out, 1, 2).has_value());
}

}  // namespace
}  // namespace vae
