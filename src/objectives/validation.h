// Bounds on log p(x) over a whole data set.
#pragma once

#include <string>
#include <vector>

#include "data/batches.h"
#include "distributed/group.h"
#include "model/vae.h"
#include "objectives/inference.h"

namespace vae {

/// Averages over the pictures, in nats.
struct Validation {
  double elbo = 0;  // reconstruction - kl: beta 1, no free bits
  double reconstruction = 0;
  double kl = 0;
  double iwae = 0;                            // log 1/K sum_k p(x, z_k) / q(z_k | x)
  int64_t samples = 1;                        // K
  std::vector<double> kl_per_dimension = {};  // empty where no closed form is known
  Tensor latent_means = {};                   // E[z | x] of the first pictures, float32, [pictures, latent]

  /// The ELBO for K = 1, else the importance-weighted bound.
  double bound() const { return samples == 1 ? elbo : iwae; }
};

/// Of how many pictures at most latent_means are kept.
inline constexpr int64_t kLatentMeans = 10'000;

/// With K = `samples` draws of z for each picture from what the scheme infers. The noise is a function of
/// (seed, index, draw): the result does not depend on the size of the batches but for rounding, nor on how
/// many processes of a group share them.
Validation validate(const Vae& model, const Inference& inference, const EvaluationBatches& batches,
                    int64_t samples, uint64_t seed, const Group& group = *alone());

/// What Validation::bound is called for K samples: "ELBO", "IWAE-50".
std::string bound_name(int64_t samples);

}  // namespace vae
