// Where a model sees the pictures of a data set.
#pragma once

#include <cstdint>

#include "core/progress.h"
#include "data/batches.h"
#include "model/vae.h"
#include "objectives/inference.h"

namespace vae {

/// Draws of z by which the deviation of a posterior without a closed form is estimated: 7% off in one of
/// three.
constexpr int64_t kDeviationDraws = 100;

/// q(z | x) of each picture: its mean, and the standard deviation of each dimension, on the CPU.
struct Encoding {
  Tensor mean;                          // [pictures, latent]; of a flow the image of its base density's mean
  Tensor deviation;                     // [pictures, latent]
  bool deviation_is_estimated = false;  // from kDeviationDraws draws, for want of a closed form

  int64_t pictures() const { return mean.size(0); }
};

/// What the scheme infers of all pictures in their order, as a function of `seed`.
Encoding encode(const Vae& model, const Inference& inference, const EvaluationBatches& batches, uint64_t seed,
                const Progress& progress = ignore_progress);

/// The aggregate posterior q(z), the average of q(z | x) over the pictures, dimension by dimension.
struct AggregatePosterior {
  Tensor mean;               // [latent]
  Tensor deviation;          // [latent]
  Tensor variance_of_means;  // Var_x E[z | x], [latent]: the activity of Burda et al. 2016, section 5.2
};

/// By the law of total variance: Var z = Var_x E[z | x] + E_x Var[z | x].
AggregatePosterior aggregate(const Encoding& encoding);

}  // namespace vae
