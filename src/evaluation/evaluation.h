// What can be said of a model from a data set.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "data/batches.h"
#include "distributed/group.h"
#include "evaluation/mutual_information_gap.h"
#include "model/vae.h"
#include "objectives/inference.h"

namespace vae {

/// A mean over pictures in nats, and how far it may be off.
struct Estimate {
  double value = 0;
  double over_pictures = 0;               // standard error of the mean over the pictures
  std::optional<double> over_draws = {};  // standard error from the draws of z, where it is known
};

/// The mean of values [N], in double precision on the processor.
Estimate estimate(const Tensor& values);

/// One dimension of z over the data set.
struct LatentDimension {
  double mean = 0;                // of z ~ q(z), the aggregate posterior
  double deviation = 0;           // its standard deviation
  double variance_of_means = 0;   // Var_x E[z | x]
  std::optional<double> kl = {};  // E_x of the KL, in nats, where it is known in closed form
};

/// Var_x E[z | x] above which a dimension counts as active: Burda, Grosse and Salakhutdinov 2016,
/// section 5.2.
constexpr double kActiveVariance = 0.01;

/// Dimensions of z, the one that tells most of the picture first: by their mean KL where it is known, else by
/// the variance of the posterior mean.
std::vector<int64_t> by_activity(std::span<const LatentDimension> latents);

struct Evaluation {
  int64_t pictures = 0;
  int64_t samples = 1;  // K
  Estimate elbo;
  Estimate reconstruction;
  Estimate kl;
  Estimate log_likelihood;  // log 1/K sum_k p(x, z_k) / q(z_k | x): Burda et al. 2016, equation 8
  Tensor means;  // E[z | x] of each picture: [pictures, latent], in double precision on the processor
  std::vector<LatentDimension> latents;
  double largest_correlation = 0;  // of two dimensions of z ~ q(z), in absolute value
  std::optional<MutualInformationGap> information_gap = {};  // where the data set tells its factors

  int64_t active_units() const;

  /// The estimate of log p(x), which for K = 1 is the ELBO.
  double bound() const { return samples > 1 ? log_likelihood.value : elbo.value; }
};

/// With K = `samples` draws of z for each picture from what the scheme infers, as a function of `seed`,
/// however many processes of a group share the batches; all get the result.
Evaluation evaluate_model(const Vae& model, const Inference& inference, const EvaluationBatches& batches,
                          int64_t samples, uint64_t seed, const Group& group = *alone());

}  // namespace vae
