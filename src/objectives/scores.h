// What a model makes of pictures, from many draws of z.
#pragma once

#include <span>

#include "data/batches.h"
#include "model/vae.h"

namespace vae {

/// For each picture of a batch, in nats; w_k = p(x, z_k) / q(z_k | x).
struct Scores {
  Tensor reconstruction;  // [N], the mean of log p(x | z_k)
  Tensor kl;              // [N], KL(q(z | x) || p(z)) in closed form where one is known, else from the draws
  Tensor kl_per_dimension;  // [N, variables]; undefined where no closed form is known
  Tensor log_mean_weight;   // [N], log 1/K sum_k w_k, below log p(x) in expectation and near it for large K
  Tensor log_mean_square;   // [N], log 1/K sum_k w_k^2

  Tensor elbo() const { return reconstruction - kl; }

  /// Variance of log_mean_weight over other draws, by the delta method: [N].
  Tensor sampling_variance() const;

  int64_t samples = 1;  // K
};

/// The part of a stream that draws one z for each picture, from the batch's first picture on: the noise of a
/// picture does not depend on how the data set is cut into batches.
Random noise_of_pictures(const Vae& model, const Batch& batch, Random random);

/// With K = `samples` draws from q(z | x) of the batch, one after the other: memory does not grow with their
/// number. The noise is a function of (seed, the picture's position, k).
Scores score(const Vae& model, const Posterior& posterior, const Batch& batch, int64_t samples,
             uint64_t seed);

/// Scores::log_mean_weight for each K of `samples`, which ascend, in one pass of the last: [samples.size(),
/// N].
Tensor log_mean_weights(const Vae& model, const Posterior& posterior, const Batch& batch,
                        std::span<const int64_t> samples, uint64_t seed);

}  // namespace vae
