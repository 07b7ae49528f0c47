#include "evaluation/gradient_statistics.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "distributions/diagonal_gaussian.h"
#include "distributions/normal.h"
#include "evaluation/naive.h"
#include "objectives/bound.h"
#include "objectives/estimators.h"
#include "support/models.h"
#include "support/statistics.h"
#include "support/tensors.h"

namespace vae {
namespace {

// ---- the ratio as K grows: z ~ N(0, 1), x ~ N(w z, v), q(z) = N(mu, sigma^2)

constexpr double kObserved = 1.3, kWeight = 0.9, kVariance = 0.6;

/// Beside the posterior N(w x / (w^2 + v), v / (w^2 + v)), but with weights that have a variance: mu and log
/// sigma^2.
Tensor q_parameters() {
  const double precision = kWeight * kWeight + kVariance;
  return test::values({kWeight * kObserved / precision + 0.8, std::log(kVariance / precision) + 0.5});
}

Tensor log_joint(const Tensor& z) {
  const Tensor zero = torch::zeros({}, test::kFloat64);
  return normal_log_prob(zero + kObserved, kWeight * z, zero + std::log(kVariance)) +
         normal_log_prob(z, zero, zero);
}

/// The signal-to-noise ratio of q's gradient of log 1/K sum_k w_k, many draws at once.
double encoder_ratio(Estimator& estimator, int64_t importance_samples, int64_t draws) {
  constexpr int64_t kAtOnce = 4000;
  RunningMoments moments;
  for (int64_t first = 0; first < draws; first += kAtOnce) {
    const Tensor parameters = q_parameters().expand({kAtOnce, 2}).contiguous().requires_grad_();
    Random noise(static_cast<uint64_t>(first), "ratio", static_cast<uint64_t>(importance_samples));
    const EstimatorDraws drawn =
        estimator.draw(DiagonalGaussian(parameters.slice(1, 0, 1), parameters.slice(1, 1, 2)),
                       {.importance_samples = importance_samples}, noise);
    const Tensor log_weights = log_joint(drawn.latents.z).squeeze(-1) - drawn.latents.log_prob;
    estimator.surrogate({}, drawn, log_weights, RenyiBound()).backward();
    moments.add(parameters.grad() * static_cast<double>(kAtOnce));
  }
  return signal_to_noise(moments);
}

/// Of log ratio over log K, K = 8 ... 512, by least squares.
double slope(Estimator& estimator, int64_t draws) {
  std::vector<double> log_samples, log_ratios;
  for (int64_t samples = 8; samples <= 512; samples *= 2) {
    log_samples.push_back(std::log(static_cast<double>(samples)));
    log_ratios.push_back(std::log(encoder_ratio(estimator, samples, draws)));
  }
  const Tensor x = test::values(log_samples) - test::values(log_samples).mean();
  return ((x * test::values(log_ratios)).sum() / x.square().sum()).item<double>();
}

// Rainforth et al. 2018, theorem 1. The ratio at K = 512 is near 0.02: a standard error of 1 / sqrt(24,000)
// leaves it uncertain by a third, and the slope by 0.06.
TEST(SignalToNoise, FallsAsTheRootOfTheSamplesWhenReparameterized) {
  Reparameterized estimator;
  EXPECT_NEAR(slope(estimator, 24'000), -0.5, 3 * 0.06);
}

// Tucker et al. 2019, section 4 and figure 1. The ratio is above 1, so that few draws are enough: at 4,000 it
// is known to 2 %. What is left is that K = 8 is not yet infinity.
TEST(SignalToNoise, GrowsAsTheRootOfTheSamplesUnderDreg) {
  Dreg estimator;
  EXPECT_NEAR(slope(estimator, 4000), 0.5, 0.05);
}

RunningMoments moments_of(const Tensor& rows) {
  RunningMoments moments;
  moments.add(rows);
  return moments;
}

TEST(SignalToNoise, IsTheMedianOverWhatTheGradientReaches) {
  // Means 1, 2, 9 and deviations sqrt(2); the last parameter is not reached.
  const Tensor rows = torch::stack({test::values({0, 1, 8, 0}), test::values({2, 3, 10, 0})});
  EXPECT_NEAR(signal_to_noise(moments_of(rows)), 2 / std::sqrt(2), 1e-15);
  EXPECT_EQ(signal_to_noise(moments_of(torch::zeros({3, 2}))), 0);
}

TEST(SignalToNoise, OfNoiseAloneHasTheFloorAsItsMean) {
  constexpr int64_t kDraws = 100, kParameters = 20'000;
  Random random(1, "noise");
  const RunningMoments noise = moments_of(normal(random, {kDraws, kParameters}, test::kFloat64));
  const Tensor ratios = noise.mean().abs() / noise.variance().sqrt();
  // The estimated deviation makes them longer by 3 / (4 draws).
  EXPECT_LT(test::z_score(ratios / (1 + 0.75 / kDraws), signal_to_noise_floor(kDraws)),
            test::kStandardErrors);
}

TEST(Bias, IsTheDistanceOfTheMeansInNormsOfTheReference) {
  // Means (3, 4) and (3, 9), each of two draws; variances 2 and 0, 8 and 0.
  const RunningMoments reference = moments_of(torch::stack({test::values({2, 4}), test::values({4, 4})}));
  const RunningMoments gradient = moments_of(torch::stack({test::values({1, 9}), test::values({5, 9})}));
  EXPECT_NEAR(bias(gradient, reference).value, 5.0 / 5, 1e-15);
  EXPECT_NEAR(bias(gradient, reference).standard_error, std::sqrt(2.0 / 2 + 8.0 / 2) / 5, 1e-15);
}

// ---- every estimator, on a linear-Gaussian autoencoder: its posterior is Gaussian, but not the encoder's

std::shared_ptr<Vae> linear_model(const PosteriorConfig& posterior = DiagonalGaussianConfig{}) {
  ModelConfig config = test::tiny_config(MlpConfig{.hidden = {}},
                                         GaussianConfig{.variance = FixedVarianceConfig{.value = 0.5}});
  config.posterior = posterior;
  if (posterior.is<CategoricalPosteriorConfig>()) config.prior = UniformCategoricalConfig{};
  config.latent = 4;
  return test::tiny_model(config);
}

const Batch& pictures() {
  static const Batch kBatch{.x = test::binary_pictures(3)};
  return kBatch;
}

std::map<std::string, EstimatorStatistics> compare(const Vae& model, int64_t samples, int64_t bounds,
                                                   int64_t draws) {
  const GradientTarget target{
      .model = model, .batch = pictures(), .importance_samples = samples, .samples = bounds};
  std::map<std::string, EstimatorStatistics> by_name;
  for (const EstimatorStatistics& row : compare_estimators(target, draws, 1).estimators) {
    by_name[row.name] = row;
  }
  return by_name;
}

// The norm of a difference that is noise alone is about one standard error, and hardly more than three.
bool is_biased(const Bias& bias) { return bias.value > 3 * bias.standard_error; }

TEST(CompareEstimators, FindsNaiveBiasedAndNoOther) {
  const auto model = linear_model();
  for (const auto& [samples, bounds] : {std::pair{1, 2}, std::pair{4, 1}}) {
    const auto rows = compare(*model, samples, bounds, 150);
    EXPECT_EQ(rows.size(), 8u);
    for (const auto& [name, row] : rows) {
      if (!row.measured) continue;
      EXPECT_EQ(is_biased(row.measured->encoder.bias), name == "naive") << name << ", K = " << samples;
      EXPECT_FALSE(is_biased(row.measured->decoder.bias)) << name << ", K = " << samples;
    }
  }
}

// Of one importance sample nothing is left of the encoder's gradient: its bias is all of it.
TEST(CompareEstimators, FindsNothingButNoiseInTheNaiveGradientOfQ) {
  const auto rows = compare(*linear_model(), 1, 2, 150);
  const GradientStatistics& naive = rows.at("naive").measured->encoder;
  EXPECT_NEAR(naive.bias.value, 1, 3 * naive.bias.standard_error);
  EXPECT_LT(naive.signal_to_noise, 2 * signal_to_noise_floor(150));
  EXPECT_GT(rows.at("reparameterized").measured->encoder.signal_to_noise, 3 * naive.signal_to_noise);
}

TEST(CompareEstimators, SeesWhatABaselineIsWorth) {
  const auto rows = compare(*linear_model(), 1, 2, 200);
  const double none = rows.at("reinforce (none)").measured->encoder.variance;
  for (const char* baseline : {"moving_average", "learned", "leave_one_out"}) {
    EXPECT_LT(rows.at(fmt::format("reinforce ({})", baseline)).measured->encoder.variance, 0.8 * none)
        << baseline;
  }
}

TEST(CompareEstimators, IsAFunctionOfTheSeed) {
  const auto model = linear_model();
  const double first = compare(*model, 2, 1, 10).at("dreg").measured->encoder.variance;
  EXPECT_EQ(first, compare(*model, 2, 1, 10).at("dreg").measured->encoder.variance);
}

TEST(CompareEstimators, SaysWhyOneIsNotApplicable) {
  const auto expect_reason = [](const auto& rows, const std::string& name, const std::string& reason) {
    const EstimatorStatistics& row = rows.at(name);
    EXPECT_FALSE(row.measured.has_value()) << name;
    EXPECT_NE(row.reason.find(reason), std::string::npos) << name << ": " << row.reason;
  };
  const auto many = compare(*linear_model(), 2, 1, 2);
  expect_reason(many, "stl", "importance_samples");
  const auto one = compare(*linear_model(), 1, 1, 2);
  expect_reason(one, "reinforce (leave_one_out)", "draws of the same picture");
  const auto planar = compare(*linear_model(PlanarConfig{.flows = 1}), 2, 1, 2);
  for (const char* name : {"reinforce (none)", "dreg", "naive"}) {
    expect_reason(planar, name, "scores given latents");
  }
  EXPECT_TRUE(planar.at("reparameterized").measured.has_value());
  const auto categories = compare(*linear_model(CategoricalPosteriorConfig{.categories = 2}), 2, 1, 2);
  expect_reason(categories, "reparameterized", "categories");
  EXPECT_TRUE(categories.at("reinforce (leave_one_out)").measured.has_value());
}

TEST(MeasureGradient, SplitsTheParametersBetweenEncoderAndDecoder) {
  const auto model = linear_model();
  const GradientTarget target{.model = *model, .batch = pictures()};
  Reparameterized estimator;
  const GradientMoments moments = measure_gradient(target, estimator, 2, Random(1, "gradients"));
  const int64_t pixels = test::kTinyPicture.elements();
  EXPECT_EQ(moments.encoder.mean().numel(), (pixels + 1) * 2 * model->latent());
  EXPECT_EQ(moments.decoder.mean().numel(), (model->latent() + 1) * pixels);
  EXPECT_GT(moments.seconds_per_draw, 0);
}

}  // namespace
}  // namespace vae
