// Bias, variance and cost of estimates of the gradient.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/progress.h"
#include "data/batches.h"
#include "evaluation/running_moments.h"
#include "model/vae.h"
#include "objectives/estimator.h"

namespace vae {

/// What is differentiated: the mean over the pictures and M of log 1/K sum_k w_k, for K = 1 the ELBO with its
/// KL at the draws.
struct GradientTarget {
  const Vae& model;
  const Batch& batch;
  int64_t importance_samples = 1;  // K
  int64_t samples = 1;             // M
};

/// Of many draws of a gradient, by the part of the model.
struct GradientMoments {
  RunningMoments encoder;  // the encoder's parameters, and those of a posterior that has its own
  RunningMoments decoder;  // all others
  double seconds_per_draw = 0;
};

/// Draw i has the noise of noise.at(i).
GradientMoments measure_gradient(const GradientTarget& target, Estimator& estimator, int64_t draws,
                                 const Random& noise, const Progress& progress = ignore_progress);

/// |mean| / standard deviation of one draw, the median over the parameters that the gradient reaches at all.
double signal_to_noise(const RunningMoments& gradient);

/// What that is on average where the mean is zero: sqrt(2 / (pi draws)), the mean of |N(0, 1)| / sqrt(draws).
double signal_to_noise_floor(int64_t draws);

struct Bias {
  double value = 0;           // |mean - reference's mean| / |reference's mean|, Euclidean norms
  double standard_error = 0;  // what an unbiased estimate would have, from both variances
};

Bias bias(const RunningMoments& gradient, const RunningMoments& reference);

/// Of one part of the model.
struct GradientStatistics {
  double norm = 0;      // of the mean
  double variance = 0;  // of one draw, summed over parameters
  double signal_to_noise = 0;
  Bias bias;
};

struct EstimatorStatistics {
  struct Measured {
    GradientStatistics encoder;
    GradientStatistics decoder;
    double seconds_per_draw = 0;
  };
  std::string name;  // as in objective.estimator, with the baseline in brackets; or "naive"
  std::optional<Measured> measured = {};
  std::string reason = {};  // why it was not: what it asks of the posterior or of the number of draws
};

struct GradientComparison {
  std::string reference;  // the unbiased estimator that the others are compared with
  int64_t reference_draws = 0;
  std::vector<EstimatorStatistics> estimators = {};
};

/// Every estimator with every baseline, and `Naive`, with the same noise for each. Baselines that learn, or
/// remember, do so before on draws that are not measured.
GradientComparison compare_estimators(const GradientTarget& target, int64_t draws, uint64_t seed,
                                      const Progress& progress = ignore_progress);

}  // namespace vae
