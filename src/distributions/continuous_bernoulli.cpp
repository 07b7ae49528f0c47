#include "distributions/continuous_bernoulli.h"

#include "core/noise.h"
#include "distributions/bisection.h"

namespace vae {
namespace {

// Below, the closed forms lose digits and the series, cut where they are, err by less than 1e-12.
constexpr double kSmall = 0.5;

// Mean pixels nearer to 0 or 1 than this start there: the logit of a mean m near 0 is -1 / m.
constexpr double kEdge = 5e-3;

// log(y / sinh y) at y = l / 2.
Tensor log_normalizer_series(const Tensor& l) {
  const Tensor s = (0.5 * l).square();
  return s * (-1.0 / 6 + s * (1.0 / 180 + s * (-1.0 / 2835 + s * (1.0 / 37800 - s / 467775))));
}

// log(l / (e^l - 1)) + l / 2, even in l and thus written in |l|.
Tensor log_normalizer(const Tensor& l) {
  const Tensor magnitude = l.abs();
  const Tensor is_small = magnitude < kSmall;
  const Tensor a = torch::where(is_small, kSmall, magnitude);  // the branch not taken must not be infinite
  const Tensor closed = torch::log(a) - 0.5 * a - torch::log(-torch::expm1(-a));
  return torch::where(is_small, log_normalizer_series(torch::where(is_small, l, 0.0)), closed);
}

Tensor mean_series(const Tensor& l) {
  const Tensor s = l.square();
  return 0.5 +
         l * (1.0 / 12 + s * (-1.0 / 720 + s * (1.0 / 30240 + s * (-1.0 / 1209600 + s * (1.0 / 47900160)))));
}

}  // namespace

// log p = (x - 1/2) l + log(y / sinh y), y = l / 2.
Tensor ContinuousBernoulli::log_prob(const Tensor& x, const Tensor& parameters) const {
  return sum_pixels((x - 0.5) * parameters + log_normalizer(parameters));
}

// 1 / (1 - e^-l) - 1 / l, the derivative of log((e^l - 1) / l).
Tensor ContinuousBernoulli::mean(const Tensor& parameters) const {
  const Tensor is_small = parameters.abs() < kSmall;
  const Tensor l = torch::where(is_small, kSmall, parameters);
  const Tensor closed = -torch::reciprocal(torch::expm1(-l)) - torch::reciprocal(l);
  return torch::where(is_small, mean_series(torch::where(is_small, parameters, 0.0)), closed);
}

// By the inverse of the distribution function: t has density proportional to e^-|l|t, and x = 1 - t where the
// density increases.
Tensor ContinuousBernoulli::sample(const Tensor& parameters, Random& random) const {
  const Tensor u = uniform(random, parameters.sizes(), parameters.options());
  const Tensor a = parameters.abs().clamp_min(1e-6);  // at 0 the draw is u; here it is, but for rounding
  const Tensor t = -torch::log1p(u * torch::expm1(-a)) / a;
  return torch::where(parameters > 0, 1 - t, t);
}

Tensor ContinuousBernoulli::parameters_for_mean(const Tensor& mean) const {
  const Tensor target = mean.to(torch::kDouble).clamp(kEdge, 1 - kEdge);
  return invert_increasing([this](const Tensor& l) { return this->mean(l); }, target, -1e3, 1e3)
      .to(mean.scalar_type());
}

std::shared_ptr<Likelihood> make_likelihood(const ContinuousBernoulliConfig&, int64_t) {
  return std::make_shared<ContinuousBernoulli>();
}

}  // namespace vae
