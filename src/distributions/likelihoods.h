// The list of likelihoods.
#pragma once

#include <memory>

#include "config/one_of.h"
#include "distributions/bernoulli.h"
#include "distributions/gaussian.h"

namespace vae {

using LikelihoodConfig = OneOf<BernoulliConfig, GaussianConfig>;

inline std::shared_ptr<Likelihood> make_likelihood(const LikelihoodConfig& config) {
  return config.visit([](const auto& row) { return make_likelihood(row); });
}

}  // namespace vae
