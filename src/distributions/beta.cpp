#include "distributions/beta.h"

#include <ATen/CPUGeneratorImpl.h>

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/noise.h"

namespace vae {
namespace {

// a + b at the start of training: a standard deviation of 0.15 in the middle, or, where the sigmoid bounds a
// and b by 1 above their floor, of 0.35.
double initial_concentration(Constraint constraint) { return constraint == Constraint::sigmoid ? 1 : 10; }

// Mean pixels nearer to 0 or 1 than this start there, so that both shapes are above their floor.
constexpr double kEdge = 1e-2;

// From here on the series of stirling_remainder, cut where it is, errs by less than 1e-15.
constexpr double kLarge = 10;

const double kHalfLogTwoPi = 0.5 * std::log(2 * std::numbers::pi);

// log Gamma(a) - [(a - 1/2) log a - a + log(2 pi) / 2], which vanishes as a grows (Stirling).
Tensor stirling_remainder(const Tensor& a) {
  const Tensor is_large = a > kLarge;
  const Tensor r = torch::reciprocal(torch::where(is_large, a, kLarge));
  const Tensor s = r.square();
  const Tensor series =
      r * (1.0 / 12 +
           s * (-1.0 / 360 +
                s * (1.0 / 1260 + s * (-1.0 / 1680 + s * (1.0 / 1188 + s * (-691.0 / 360360 + s / 156))))));
  const Tensor b = torch::where(is_large, kLarge, a);
  const Tensor direct = torch::lgamma(b) - (b - 0.5) * torch::log(b) + b - kHalfLogTwoPi;
  return torch::where(is_large, series, direct);
}

// log of a Gamma(a, 1) variable: that of one with a + 1, times u^(1 / a) (Marsaglia and Tsang 2000, section
// 6). As a logarithm it survives a far below 1, where the variable itself is zero in any floating point.
Tensor log_gamma_draw(const Tensor& a, const at::Generator& generator, Random& random) {
  const Tensor log_u = torch::log(uniform(random, a.sizes(), a.options()));
  return torch::log(at::_standard_gamma(a + 1, generator)) + log_u / a;
}

// A generator of its own for ATen's gamma draws, which know no other source.
at::Generator make_generator(Random& random) {
  std::array<uint32_t, 2> words;
  random.fill(words);
  return at::detail::createCPUGenerator(words[0] | uint64_t{words[1]} << 32);
}

}  // namespace

std::optional<std::string> check(const BetaConfig& config) {
  return check_of_decoder_output("constraint", config.constraint);
}

Beta::Beta(const BetaConfig& config) : config_(config), shrinkage_{config.alpha} {}

Beta::Shapes Beta::shapes(const Tensor& parameters) const {
  const Tensor both = constrain(parameters, config_.constraint, config_.floor);
  const std::vector<Tensor> halves = both.chunk(2, kChannelDimension);
  return {halves[0], halves[1]};
}

// With log Gamma written after Stirling the large terms combine to a log(x' / m) + b log((1 - x') / (1 - m)),
// m = a / (a + b): what is subtracted from each other stays small where a and b are large.
Tensor Beta::log_prob(const Tensor& x, const Tensor& parameters) const {
  const auto [a, b] = shapes(parameters);
  const Tensor sum = a + b;
  const Tensor log_white = torch::log(shrinkage_.shrink(x));
  const Tensor log_black = torch::log(shrinkage_.shrink(1 - x));
  const Tensor large_terms = a * (log_white - torch::log(a / sum)) + b * (log_black - torch::log(b / sum));
  const Tensor remainders = stirling_remainder(sum) - stirling_remainder(a) - stirling_remainder(b);
  const Tensor width = 0.5 * (torch::log(a) + torch::log(b) - torch::log(sum)) - kHalfLogTwoPi;
  return sum_pixels(large_terms + width + remainders - log_white - log_black + shrinkage_.log_derivative());
}

Tensor Beta::mean(const Tensor& parameters) const {
  const auto [a, b] = shapes(parameters);
  return shrinkage_.stretch(a / (a + b));
}

// a's gamma variable over the sum of both.
Tensor Beta::sample(const Tensor& parameters, Random& random) const {
  const auto [a, b] = shapes(parameters.detach().to(torch::kCPU, torch::kDouble));
  const at::Generator generator = make_generator(random);
  const Tensor log_a = log_gamma_draw(a, generator, random);
  const Tensor log_b = log_gamma_draw(b, generator, random);
  return shrinkage_.stretch(torch::sigmoid(log_a - log_b)).to(parameters.options());
}

Tensor Beta::parameters_for_mean(const Tensor& mean) const {
  const Tensor shrunk = shrinkage_.shrink(mean.clamp(kEdge, 1 - kEdge));
  const Tensor shapes = torch::cat({shrunk, 1 - shrunk}, kChannelDimension);
  return unconstrain(initial_concentration(config_.constraint) * shapes, config_.constraint, config_.floor);
}

std::shared_ptr<Likelihood> make_likelihood(const BetaConfig& config, int64_t) {
  return std::make_shared<Beta>(config);
}

}  // namespace vae
