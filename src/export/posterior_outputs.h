// What the posteriors of distributions/posteriors.h say of z, as outputs of a graph.
#pragma once

#include "distributions/posteriors.h"
#include "export/expression.h"

namespace vae {

/// Adds the outputs "mu" and "sigma", the mean and the standard deviation of each dimension of z, as
/// Posterior has them, given the encoder's outputs [N, parameters]; of a full covariance its factor "scale"
/// too. UsageError for a posterior that has no graph.
void add_outputs(const PosteriorConfig& posterior, const Value& parameters, int64_t latent);

}  // namespace vae
