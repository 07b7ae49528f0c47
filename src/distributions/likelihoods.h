// The list of likelihoods.
#pragma once

#include <memory>

#include "config/one_of.h"
#include "distributions/bernoulli.h"
#include "distributions/beta.h"
#include "distributions/categorical.h"
#include "distributions/censored_gaussian.h"
#include "distributions/continuous_bernoulli.h"
#include "distributions/discretized_logistic.h"
#include "distributions/discretized_logistic_mixture.h"
#include "distributions/gaussian.h"
#include "distributions/logit_normal.h"
#include "distributions/truncated_gaussian.h"

namespace vae {

using LikelihoodConfig =
    OneOf<BernoulliConfig, ContinuousBernoulliConfig, GaussianConfig, LogitNormalConfig,
          TruncatedGaussianConfig, CensoredGaussianConfig, BetaConfig, DiscretizedLogisticConfig,
          DiscretizedLogisticMixtureConfig, CategoricalConfig>;

/// For pictures of `channels` channels. UsageError where the likelihood can't serve them.
inline std::shared_ptr<Likelihood> make_likelihood(const LikelihoodConfig& config, int64_t channels) {
  return config.visit([channels](const auto& row) { return make_likelihood(row, channels); });
}

}  // namespace vae
