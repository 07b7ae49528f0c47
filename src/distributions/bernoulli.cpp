#include "distributions/bernoulli.h"

#include "core/noise.h"
#include "kernels/bernoulli.h"
#include "kernels/bernoulli_layer.h"

namespace vae {
namespace {

// Mean pixels nearer to 0 or 1 than this start there: a pixel that is never lit must not begin at infinity.
constexpr double kEdge = 1e-3;

}  // namespace

Tensor Bernoulli::log_prob(const Tensor& x, const Tensor& parameters) const {
  return bernoulli_log_prob(x, parameters);
}

Likelihood::LogProbOfLayer Bernoulli::log_prob_of_layer() const { return bernoulli_log_prob_of_layer; }

Tensor Bernoulli::mean(const Tensor& parameters) const { return torch::sigmoid(parameters); }

Tensor Bernoulli::sample(const Tensor& parameters, Random& random) const {
  return bernoulli(random, mean(parameters));
}

Tensor Bernoulli::parameters_for_mean(const Tensor& mean) const { return torch::logit(mean, kEdge); }

std::shared_ptr<Likelihood> make_likelihood(const BernoulliConfig&, int64_t) {
  return std::make_shared<Bernoulli>();
}

}  // namespace vae
