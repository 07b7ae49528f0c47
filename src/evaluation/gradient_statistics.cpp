#include "evaluation/gradient_statistics.h"

#include <fmt/format.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/cuda.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <concepts>
#include <numbers>
#include <span>

#include "core/error.h"
#include "evaluation/naive.h"
#include "objectives/bound.h"
#include "objectives/estimators.h"
#include "objectives/log_weights.h"
#include "training/adam.h"
#include "training/flat_parameters.h"

namespace vae {
namespace {

// The reference's own noise adds to that of every bias: half as much as one estimator's.
constexpr int64_t kReferenceDraws = 4;  // for each that is measured

// Enough for a baseline's output to travel some hundred nats.
constexpr int64_t kSettlingDraws = 500;
constexpr double kSettlingRate = 1e-2;

// ---- one draw

struct Parameters {
  std::vector<Tensor> encoder, decoder;
};

Parameters split_parameters(const Vae& model) {
  Parameters result;
  for (const auto& parameter : model.named_parameters()) {
    const bool is_of_q = parameter.key().starts_with("encoder.") || parameter.key().starts_with("posterior.");
    (is_of_q ? result.encoder : result.decoder).push_back(parameter.value());
  }
  return result;
}

Tensor draw_surrogate(const GradientTarget& target, Estimator& estimator, Random noise) {
  const std::unique_ptr<Posterior> posterior = target.model.encode(target.batch.x, target.batch.labels);
  const EstimatorDraws draws = estimator.draw(
      *posterior, {.importance_samples = target.importance_samples, .samples = target.samples}, noise);
  const Tensor weights = log_weights(target.model, target.batch, draws.latents).total();
  return estimator.surrogate(target.batch.x, draws, weights, RenyiBound());
}

/// The gradients of some parameters as one row, [1, size]: zero where the surrogate does not depend on one.
Tensor row(std::span<const Tensor> gradients, const std::vector<Tensor>& parameters) {
  std::vector<Tensor> flat;
  for (size_t i = 0; i < parameters.size(); ++i) {
    flat.push_back((gradients[i].defined() ? gradients[i] : torch::zeros_like(parameters[i])).flatten());
  }
  return torch::cat(flat).unsqueeze(0);
}

void wait_for(torch::Device device) {
  if (device.is_cuda()) torch::cuda::synchronize(device.index());
}

// ---- all draws

/// Lets what an estimator learns or remembers follow the model.
void settle(const GradientTarget& target, Estimator& estimator, const Random& noise) {
  const bool learns = !estimator.parameters().empty();
  if (!learns && estimator.buffers().empty()) return;
  std::optional<FlatParameters> parameters;
  std::unique_ptr<Optimizer> optimizer;
  if (learns) {
    parameters.emplace(estimator.named_parameters());
    optimizer = make_optimizer(AdamConfig{.learning_rate = kSettlingRate}, parameters->values());
  }
  const Tensor non_finite = torch::zeros({}, target.model.options().dtype(torch::kFloat));
  for (int64_t i = 0; i < kSettlingDraws; ++i) {
    const Tensor surrogate = draw_surrogate(target, estimator, noise.at(static_cast<uint64_t>(i)));
    if (!learns) continue;
    parameters->gradients().zero_();
    (-surrogate).backward({}, std::nullopt, false, estimator.parameters());
    optimizer->step(parameters->values(), parameters->gradients(), {.non_finite = non_finite});
  }
}

struct Candidate {
  std::string name;
  std::shared_ptr<Estimator> estimator;  // null where it cannot be measured
  std::string reason;
};

std::string name_of(const EstimatorConfig& config) {
  const auto* reinforce = config.get_if<ReinforceConfig>();
  if (reinforce == nullptr) return std::string(config.type());
  return fmt::format("{} ({})", config.type(), reinforce->baseline.type());
}

Candidate candidate(const EstimatorConfig& config, const GradientTarget& target, uint64_t seed) {
  const std::string name = name_of(config);
  if (const auto reason = check_samples(config, target.importance_samples, target.samples)) {
    return {name, nullptr, *reason};
  }
  const auto reason = complaint_of([&] { require_fit(config, DrawsAre::scored, target.model.posterior()); });
  if (reason) return {name, nullptr, *reason};
  std::shared_ptr<Estimator> estimator = make_estimator(config, target.model.picture());
  estimator->initialize(Random(seed, "initialize/objective"));
  estimator->to(target.batch.x.device(), target.batch.x.scalar_type());
  return {name, estimator, ""};
}

Candidate naive_candidate(const GradientTarget& target) {
  if (target.model.posterior().scores_given_latents()) return {"naive", std::make_shared<Naive>(), ""};
  return {"naive", nullptr, "scores given latents, which model.posterior cannot"};
}

std::vector<Candidate> every_candidate(const GradientTarget& target, uint64_t seed) {
  std::vector<Candidate> all;
  for_each_alternative<EstimatorConfig>([&]<class Row>(Tag<Row>) {
    if constexpr (std::same_as<Row, ReinforceConfig>) {
      for_each_alternative<BaselineConfig>([&]<class Baseline>(Tag<Baseline>) {
        all.push_back(candidate(ReinforceConfig{.baseline = Baseline{}}, target, seed));
      });
    } else {
      all.push_back(candidate(Row{}, target, seed));
    }
  });
  all.push_back(naive_candidate(target));
  return all;
}

/// Unbiased, and the quietest of those that nearly every model can have.
Candidate reference_candidate(const GradientTarget& target, uint64_t seed) {
  for (const EstimatorConfig& config :
       {EstimatorConfig(ReparameterizedConfig{}),
        EstimatorConfig(ReinforceConfig{.baseline = LeaveOneOutConfig{}}),
        EstimatorConfig(ReinforceConfig{.baseline = MovingAverageBaselineConfig{}})}) {
    Candidate reference = candidate(config, target, seed);
    if (reference.estimator) return reference;
  }
  throw UsageError("model.posterior: neither reparameterized nor scored, so that it has no gradient");
}

GradientStatistics statistics(const RunningMoments& gradient, const RunningMoments& reference) {
  return {.norm = gradient.mean().norm().item<double>(),
          .variance = gradient.variance().sum().item<double>(),
          .signal_to_noise = signal_to_noise(gradient),
          .bias = bias(gradient, reference)};
}

EstimatorStatistics::Measured statistics(const GradientMoments& gradient, const GradientMoments& reference) {
  return {.encoder = statistics(gradient.encoder, reference.encoder),
          .decoder = statistics(gradient.decoder, reference.decoder),
          .seconds_per_draw = gradient.seconds_per_draw};
}

}  // namespace

GradientMoments measure_gradient(const GradientTarget& target, Estimator& estimator, int64_t draws,
                                 const Random& noise, const Progress& progress) {
  using Clock = std::chrono::steady_clock;
  const Parameters parameters = split_parameters(target.model);
  std::vector<Tensor> all = parameters.encoder;
  all.insert(all.end(), parameters.decoder.begin(), parameters.decoder.end());
  GradientMoments moments;
  std::chrono::duration<double> taken{};
  for (int64_t i = 0; i < draws; ++i) {
    const Clock::time_point start = Clock::now();
    const Tensor surrogate = draw_surrogate(target, estimator, noise.at(static_cast<uint64_t>(i)));
    const std::vector<Tensor> gradients =
        torch::autograd::grad({surrogate}, all, {}, std::nullopt, false, /*allow_unused=*/true);
    wait_for(target.batch.x.device());
    taken += Clock::now() - start;
    const std::span<const Tensor> both = gradients;
    moments.encoder.add(row(both.first(parameters.encoder.size()), parameters.encoder));
    moments.decoder.add(row(both.subspan(parameters.encoder.size()), parameters.decoder));
    progress(i + 1, draws);
  }
  moments.seconds_per_draw = taken.count() / static_cast<double>(draws);
  return moments;
}

double signal_to_noise(const RunningMoments& gradient) {
  const Tensor mean = gradient.mean().abs();
  const Tensor deviation = gradient.variance().sqrt();
  const Tensor is_reached = (mean > 0).logical_or(deviation > 0);
  const Tensor ratios = (mean / deviation).masked_select(is_reached);
  return ratios.numel() == 0 ? 0 : ratios.median().item<double>();
}

double signal_to_noise_floor(int64_t draws) {
  return std::sqrt(2 / (std::numbers::pi * static_cast<double>(draws)));
}

Bias bias(const RunningMoments& gradient, const RunningMoments& reference) {
  const double norm = reference.mean().norm().item<double>();
  const Tensor variance = gradient.variance() / static_cast<double>(gradient.count()) +
                          reference.variance() / static_cast<double>(reference.count());
  return {.value = (gradient.mean() - reference.mean()).norm().item<double>() / norm,
          .standard_error = std::sqrt(variance.sum().item<double>()) / norm};
}

GradientComparison compare_estimators(const GradientTarget& target, int64_t draws, uint64_t seed,
                                      const Progress& progress) {
  const Random noise(seed, "gradients"), settling(seed, "gradients/settling");
  const Candidate reference = reference_candidate(target, seed);
  GradientComparison result{.reference = reference.name, .reference_draws = kReferenceDraws * draws};
  const std::vector<Candidate> candidates = every_candidate(target, seed);
  const int64_t total =
      result.reference_draws + draws * std::ranges::count_if(candidates, [](const Candidate& row) {
                                 return row.estimator != nullptr;
                               });
  int64_t before = 0;  // draws of those that are done
  const Progress of_all = [&](int64_t done, int64_t) { progress(before + done, total); };
  settle(target, *reference.estimator, settling);
  const GradientMoments expected = measure_gradient(target, *reference.estimator, result.reference_draws,
                                                    Random(seed, "gradients/reference"), of_all);
  before = result.reference_draws;
  for (const Candidate& candidate : candidates) {
    EstimatorStatistics row{.name = candidate.name, .reason = candidate.reason};
    if (candidate.estimator) {
      settle(target, *candidate.estimator, settling);
      row.measured =
          statistics(measure_gradient(target, *candidate.estimator, draws, noise, of_all), expected);
      before += draws;
    }
    result.estimators.push_back(row);
  }
  return result;
}

}  // namespace vae
