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

struct FlatMoments {
  Tensor integral;
  Tensor first;  // integral of s
};

FlatMoments flat_moments(const Tensor& k, const Tensor& q) {
  FlatMoments sum = {torch::zeros_like(k), torch::zeros_like(k)};
  for (const auto& [t, weight] : unit_interval_nodes()) {
    const double s = t + 0.5;
    const Tensor mass = weight * torch::exp(-s * (k + s * q));
    sum.integral = sum.integral + mass;
    sum.first = sum.first + s * mass;
  }
  return sum;
}

// log I where the density is not flat and k >= -q.
Tensor log_integral_of_steep(const Tensor& k, const Tensor& q) {
  const Tensor root = torch::sqrt(q);
  const Tensor z = 0.5 * k / root;
  // Each branch gets a z that it is finite for.
  const Tensor outside = z.clamp_min(0);
  const Tensor near = torch::log(torch::special_erfcx(outside));
  const Tensor far = torch::log(torch::special_erfcx(outside + root));
  const Tensor fall =
      (k + q).clamp_min(0) + near - far;  // log of erfc at the near end over erfc at the far one
  const Tensor tail = near + torch::log(-torch::expm1(-fall));
  const Tensor inside = z.clamp_max(0);
  const Tensor middle = inside.square() + torch::log(torch::erf(inside + root) - torch::erf(inside));
  return torch::where(z > 0, tail, middle) + 0.5 * (std::log(std::numbers::pi) - torch::log(q)) -
         std::numbers::ln2;
}

// log I(k, q) for any k; for k < -q, where the mean is nearer to the other end, I(k, q) = e^(-k - q) I(-k -
// 2q, q).
Tensor log_integral(const Tensor& k, const Tensor& q) {
  const Tensor flat = is_flat(k, q);
  const Tensor flat_k = torch::where(flat, k, 0.0), flat_q = torch::where(flat, q, 0.5);
  const Tensor steep_k = torch::where(flat, 1.0, k), steep_q = torch::where(flat, 1.0, q);
  const Tensor turned = steep_k < -steep_q;
  const Tensor steep = log_integral_of_steep(torch::where(turned, -steep_k - 2 * steep_q, steep_k), steep_q) -
                       torch::where(turned, steep_k + steep_q, 0.0);
  return torch::where(flat, torch::log(flat_moments(flat_k, flat_q).integral), steep);
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
  const FlatMoments flat = flat_moments(k, q);
  // The integral of d/ds e^(-k s - q s^2) is 1 - e^(-k - q) on one side, -k I - 2 q E[s] I on the other.
  const Tensor steep = (-torch::expm1(-k - q) * torch::exp(-log_integral(k, q)) - k) / (2 * q);
  return turn(torch::where(is_flat(k, q), flat.first / flat.integral, steep), from_one);
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
  return sum_pixels(-s * (k + s * q) - log_integral(k, q)).to(parameters.scalar_type());
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
