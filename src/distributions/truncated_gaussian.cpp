#include "distributions/truncated_gaussian.h"

#include <cmath>
#include <numbers>

#include "core/noise.h"
#include "distributions/bisection.h"
#include "distributions/quadrature.h"

// On [0, 1] the Gaussian is the exponential family p(s) = e^(-k s - q s^2) / I(k, q), q = 1 / (2 sigma^2),
// with s the distance from one end. From the end on the mean's side k = mu' / sigma^2, where mu' is how far
// beyond that end the mean lies, and k >= -q. With z = k / (2 sqrt(q)), the mean's distance in units of
// sqrt(2) sigma,
//   I = sqrt(pi / q) e^(z^2) [erfc(z) - erfc(z + sqrt(q))] / 2,
// which is never evaluated so: in the tail, z > 0, by erfcx(z) = e^(z^2) erfc(z), inside by a sum of two erf,
// and where the density is all but flat, and both lose their digits, by quadrature.

namespace vae {
namespace {

// Mean pixels nearer to 0 or 1 than this start there.
constexpr double kEdge = 5e-3;

const std::vector<QuadratureNode>& unit_interval_nodes() {
  // Exact to 1e-13 for e^(-k s - q s^2) where the exponent bends and falls as little as is_flat asks.
  static const std::vector<QuadratureNode> kNodes = gauss_legendre(8);
  return kNodes;
}

// Of the density e^(-k s - q s^2) about s = 1/2, whose slope there is -(k + q).
Tensor is_flat(const Tensor& k, const Tensor& q) { return ((k + q).abs() <= 3) & (q <= 0.5); }

// log I, E[s] and E[s^2] under p(s).
struct Integrals {
  Tensor log_mass;
  Tensor mean;
  Tensor mean_square;
};

Integrals integrals_by_quadrature(const Tensor& k, const Tensor& q) {
  Tensor mass = torch::zeros_like(k), first = torch::zeros_like(k), second = torch::zeros_like(k);
  for (const auto& [t, weight] : unit_interval_nodes()) {
    const double s = t + 0.5;
    const Tensor at_node = weight * torch::exp(-s * (k + s * q));
    mass += at_node;
    first += s * at_node;
    second += s * s * at_node;
  }
  return {torch::log(mass), first / mass, second / mass};
}

Tensor log_mass_by_tails(const Tensor& k, const Tensor& q) {
  const Tensor root = torch::sqrt(q);
  const Tensor z = 0.5 * k / root;
  const Tensor near = torch::log(torch::special_erfcx(z));
  const Tensor fall = k + q + near - torch::log(torch::special_erfcx(z + root));  // of log erfc, end to end
  const Tensor outside = near + torch::log(-torch::expm1(-fall));
  const Tensor inside = z.square() + torch::log(torch::erf(z + root) - torch::erf(z));
  return torch::where(z > 0, outside, inside) + 0.5 * (std::log(std::numbers::pi) - torch::log(q)) -
         std::numbers::ln2;
}

// The integrals over [0, 1] of the derivatives of e^(-k s - q s^2) and of s times it, taken in two ways, give
//   1 - e^(-k - q) = (k + 2 q E[s]) I  and  e^(-k - q) = (1 - k E[s] - 2 q E[s^2]) I.
Integrals integrals_by_tails(const Tensor& k, const Tensor& q) {
  const Tensor log_mass = log_mass_by_tails(k, q);
  const Tensor at_zero = torch::exp(-log_mass), at_one = torch::exp(-log_mass - k - q);  // p(0) and p(1)
  const Tensor mean = (at_zero - at_one - k) / (2 * q);
  return {log_mass, mean, (1 - at_one - k * mean) / (2 * q)};
}

Integrals integrals(const Tensor& k, const Tensor& q) {
  const torch::NoGradGuard no_grad;
  const Tensor flat = is_flat(k, q);
  const Integrals by_quadrature = integrals_by_quadrature(k, q), by_tails = integrals_by_tails(k, q);
  return {torch::where(flat, by_quadrature.log_mass, by_tails.log_mass),
          torch::where(flat, by_quadrature.mean, by_tails.mean),
          torch::where(flat, by_quadrature.mean_square, by_tails.mean_square)};
}

// log p(s). The gradient of log I in k and q is (-E[s], -E[s^2]), as in every exponential family: terms of
// value zero carry it, and none goes through the integrals.
Tensor log_density(const Tensor& s, const Tensor& k, const Tensor& q) {
  const auto [log_mass, mean, mean_square] = integrals(k, q);
  return -s * (k + s * q) - log_mass + mean * (k - k.detach()) + mean_square * (q - q.detach());
}

// The family's parameters, seen from the end on the mean's side.
struct Natural {
  Tensor k;
  Tensor q;
  Tensor from_one;  // whether that end is 1, and s = 1 - x
};

Natural natural(const GaussianMoments& moments) {
  const Tensor mean = moments.mean.to(torch::kDouble);
  const Tensor precision = torch::exp(-moments.log_variance.to(torch::kDouble));
  const Tensor from_one = mean > 0.5;
  return {torch::where(from_one, mean - 1, -mean) * precision, (0.5 * precision).expand_as(mean), from_one};
}

// x from s, and s from x.
Tensor turn(const Tensor& s, const Tensor& from_one) { return torch::where(from_one, 1 - s, s); }

Tensor mean_of(const GaussianMoments& moments) {
  const auto [k, q, from_one] = natural(moments);
  return turn(integrals(k, q).mean, from_one);
}

// The y in [0, length] at which the tail of erfc beyond z >= 0, cut at z + length, has the share v before it.
// By Newton's method on -log(erfc(z + y) / erfc(z)), which is convex: the first step goes too far, and those
// behind it come back without crossing the root.
Tensor invert_tail(const Tensor& v, const Tensor& z, const Tensor& length) {
  constexpr int kSteps = 12;
  const Tensor at_zero = torch::log(torch::special_erfcx(z));
  const auto fall = [&](const Tensor& y) {
    return y * (2 * z + y) + at_zero - torch::log(torch::special_erfcx(z + y));
  };
  const Tensor target = -torch::log1p(v * torch::expm1(-fall(length)));
  const double half_root_pi =
      0.5 * std::sqrt(std::numbers::pi);  // the slope is 1 / (half_root_pi erfcx(z + y))
  Tensor y = torch::zeros_like(v);
  for (int step = 0; step < kSteps; ++step) {
    y = y + half_root_pi * torch::special_erfcx(z + y) * (target - fall(y));
    y = torch::minimum(y.clamp_min(0), length);
  }
  return y;
}

// s for u uniform on (0, 1), exact however far in the tail. From the point of highest density, which is the
// end or the mean, a side is chosen by its mass, and the distance by inverting that side's distribution
// function. Lengths are in units of sqrt(2) sigma.
Tensor draw(const Tensor& u, const Tensor& k, const Tensor& q) {
  const Tensor root = torch::sqrt(q.clamp_min(1e-16));  // by then the density is uniform in float64
  const Tensor z = 0.5 * k / root;
  const Tensor mode = (-z).clamp_min(0);
  const Tensor near = torch::erf(mode), far = torch::erf(root - mode);
  const Tensor share = near / (near + far);
  const Tensor is_near = u < share;
  const Tensor v = torch::where(is_near, u / share, (u - share) / (1 - share));
  const Tensor y = invert_tail(v, z.clamp_min(0), torch::where(is_near, mode, root - mode));
  return (torch::where(is_near, mode - y, mode + y) / root).clamp(0, 1);
}

}  // namespace

std::optional<std::string> check(const TruncatedGaussianConfig& config) {
  return check_has_density(config.variance, TruncatedGaussianConfig::kType);
}

TruncatedGaussian::TruncatedGaussian(const TruncatedGaussianConfig& config, int64_t channels)
    : variance_(register_module("variance", std::make_shared<Variance>(config.variance, channels))) {}

int64_t TruncatedGaussian::parameter_channels(int64_t channels) const {
  return variance_->parameter_channels(channels);
}

Tensor TruncatedGaussian::log_prob(const Tensor& x, const Tensor& parameters) const {
  const auto [k, q, from_one] = natural(variance_->moments(parameters));
  const Tensor s = turn(x.to(torch::kDouble), from_one);
  return sum_pixels(log_density(s, k, q)).to(parameters.scalar_type());
}

Tensor TruncatedGaussian::mean(const Tensor& parameters) const {
  return mean_of(variance_->moments(parameters)).to(parameters.scalar_type());
}

Tensor TruncatedGaussian::sample(const Tensor& parameters, Random& random) const {
  const torch::NoGradGuard no_grad;
  const auto [k, q, from_one] = natural(variance_->moments(parameters));
  const Tensor u = uniform(random, k.sizes(), k.options());
  return turn(draw(u, k, q), from_one).to(parameters.scalar_type());
}

Tensor TruncatedGaussian::parameters_for_mean(const Tensor& mean) const {
  const Tensor target = mean.to(torch::kDouble).clamp(kEdge, 1 - kEdge);
  const Tensor log_variance = torch::full_like(target, std::log(variance_->initial()));
  // Far outside, the mean's distance from the end is v / mu.
  const double reach = 1 + 2 * variance_->initial() / kEdge;
  const auto mean_at = [&](const Tensor& mu) { return mean_of({mu, log_variance}); };
  return variance_->parameters_for(
      invert_increasing(mean_at, target, -reach, 1 + reach).to(mean.scalar_type()));
}

std::shared_ptr<Likelihood> make_likelihood(const TruncatedGaussianConfig& config, int64_t channels) {
  return std::make_shared<TruncatedGaussian>(config, channels);
}

}  // namespace vae
