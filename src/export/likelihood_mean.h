// The means of the likelihoods of distributions/likelihoods.h as graphs.
#pragma once

#include "distributions/likelihoods.h"
#include "export/expression.h"

namespace vae {

/// E[x] of pictures of `channels` channels, [N, channels, H, W], given the likelihood's parameters.
/// UsageError for a likelihood whose mean has no graph.
Value mean_of(const LikelihoodConfig& likelihood, const Value& parameters, int64_t channels);

}  // namespace vae
