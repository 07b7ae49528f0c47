#include "distributions/planar.h"

#include <cmath>
#include <utility>
#include <vector>

#include "core/error.h"

namespace vae {
namespace {

// w . u_hat stays this far above -1: more than float32 rounds away, less than a fit would notice.
constexpr double kMargin = 1e-4;
// Added to |w|^2, far below any that matters.
constexpr double kTiny = 1e-30;

// m(a) = log1p(c (e^a - 1)), increasing from -1 + kMargin, m(0) = 0, m(a) - a bounded for large a.
Tensor bounded_below(const Tensor& a) {
  const double c = -std::expm1(kMargin - 1);
  const Tensor below = torch::log1p(c * torch::expm1(a.clamp_max(0)));
  const Tensor above = a + torch::log1p((1 - c) * torch::expm1(-a.clamp_min(0)));
  return torch::where(a > 0, above, below);
}

class PlanarFamily : public PosteriorFamily {
 public:
  PlanarFamily(const PlanarConfig& config, int64_t latent) : flows_(config.flows), latent_(latent) {}

  int64_t parameters_per_picture() const override { return 2 * latent_ + flows_ * (2 * latent_ + 1); }
  bool has_parameters_per_dimension() const override { return false; }
  LatentSpace latent_space() const override { return {.dimensions = latent_}; }
  bool scores_given_latents() const override { return false; }

  std::unique_ptr<Posterior> at(const Tensor& parameters) const override {
    const int64_t vectors = flows_ * latent_;
    const std::vector<Tensor> parts = parameters.split_with_sizes({2 * latent_, vectors, vectors, flows_}, 1);
    const std::vector<int64_t> shape = {parameters.size(0), flows_, latent_};
    return std::make_unique<Planar>(DiagonalGaussian(parts[0]), parts[1].reshape(shape),
                                    parts[2].reshape(shape), parts[3]);
  }

 private:
  int64_t flows_;
  int64_t latent_;
};

}  // namespace

PlanarDirection invertible_direction(const Tensor& u, const Tensor& w) {
  const Tensor along_w = (w * u).sum(-1);
  const Tensor bounded = bounded_below(along_w);
  const Tensor unit = w / (w.square().sum(-1, /*keepdim=*/true) + kTiny);
  return {u + (bounded - along_w).unsqueeze(-1) * unit, bounded};
}

Planar::Planar(DiagonalGaussian base, Tensor u, Tensor w, Tensor b)
    : Flow(std::move(base)), u_(std::move(u)), w_(std::move(w)), b_(std::move(b)) {}

Transported Planar::transport(const Tensor& z) const {
  const PlanarDirection direction = invertible_direction(u_, w_);
  Transported point{z, torch::zeros_like(z.select(-1, 0))};
  for (int64_t step = 0; step < b_.size(1); ++step) {
    const Tensor h = torch::tanh((point.z * w_.select(1, step)).sum(-1) + b_.select(1, step));
    const Tensor slope = 1 - h.square();
    point.z = point.z + h.unsqueeze(-1) * direction.u.select(1, step);
    point.log_determinant = point.log_determinant + torch::log1p(slope * direction.along_w.select(1, step));
  }
  return point;
}

Tensor Planar::log_prob(const Tensor&) const {
  throw UsageError(
      "model.posterior: \"planar\" has no inverse in closed form, so that log q(z | x) is known of its own "
      "draws alone, but that of a given z is asked for; use \"iaf\" or a Gaussian");
}

std::unique_ptr<Posterior> Planar::detached() const {
  return std::make_unique<Planar>(detached_base(), u_.detach(), w_.detach(), b_.detach());
}

std::shared_ptr<PosteriorFamily> make_posterior(const PlanarConfig& config, int64_t latent) {
  return std::make_shared<PlanarFamily>(config, latent);
}

}  // namespace vae
