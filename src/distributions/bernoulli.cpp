#include "distributions/bernoulli.h"

#include "core/noise.h"

namespace vae {
namespace {

// Mean pixels nearer to 0 or 1 than this start there: a pixel that is never lit must not begin at infinity.
constexpr double kEdge = 1e-3;

}  // namespace

// x log s(l) + (1 - x) log(1 - s(l)) = x l + log s(-l), which overflows nowhere.
Tensor Bernoulli::log_prob(const Tensor& x, const Tensor& parameters) const {
  return sum_pixels(x * parameters + torch::log_sigmoid(-parameters));
}

Tensor Bernoulli::mean(const Tensor& parameters) const { return torch::sigmoid(parameters); }

Tensor Bernoulli::sample(const Tensor& parameters, Random& random) const {
  return bernoulli(random, mean(parameters));
}

Tensor Bernoulli::parameters_for_mean(const Tensor& mean) const { return torch::logit(mean, kEdge); }

std::shared_ptr<Likelihood> make_likelihood(const BernoulliConfig&, int64_t) {
  return std::make_shared<Bernoulli>();
}

}  // namespace vae
