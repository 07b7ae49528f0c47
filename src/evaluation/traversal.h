// One latent after the other, moved over the range that the data gives it.
#pragma once

#include <cstdint>
#include <vector>

#include "core/tensor.h"
#include "distributions/latent_space.h"
#include "evaluation/encoding.h"

namespace vae {

/// A latent vector with one variable moved: a dimension, or one of categories.
struct Sweep {
  int64_t variable = 0;
  double activity = 0;  // its variance of means; of categories the sum over them
  double from = 0;      // the dimension's first value and its last; of categories the first's number and the
  double to = 0;        // last's
  Tensor z;             // [steps, latent]
};

struct TraversalOptions {
  int64_t variables = 10;  // the most active ones, or all where there are fewer
  int64_t steps = 11;      // of a dimension; a variable of categories goes through each
  double reach = 2;        // on both sides of the mean, in standard deviations of the aggregate posterior
};

/// `start`, [latent], with one dimension at `steps` values, evenly from `from` to `to`.
Sweep sweep_dimension(const Tensor& start, int64_t dimension, double from, double to, int64_t steps);

/// A latent vector [latent] as the decoder takes it: of categories the likeliest of each variable.
Tensor most_likely(const Tensor& mean, const LatentSpace& latents);

/// The most active first. What is not moved stays as in `start`, [latent].
std::vector<Sweep> traverse(const Tensor& start, const AggregatePosterior& posterior,
                            const LatentSpace& latents, const TraversalOptions& options = {});

}  // namespace vae
