#include "distributions/full_gaussian.h"

#include <cmath>
#include <numbers>
#include <utility>

#include "core/noise.h"
#include "distributions/standard_normal.h"

namespace vae {
namespace {

class FullGaussianFamily : public PosteriorFamily {
 public:
  explicit FullGaussianFamily(int64_t latent) : latent_(latent) {}

  int64_t parameters_per_picture() const override { return 2 * latent_ + below_diagonal(); }
  bool has_parameters_per_dimension() const override { return false; }
  LatentSpace latent_space() const override { return {.dimensions = latent_}; }

  std::unique_ptr<Posterior> at(const Tensor& parameters) const override {
    const Tensor mean = parameters.narrow(1, 0, latent_);
    const Tensor log_diagonal = parameters.narrow(1, latent_, latent_);
    const Tensor below = parameters.narrow(1, 2 * latent_, below_diagonal());
    // Scattered into the flat matrix: row j, column k lies at j latent + k.
    const Tensor places = torch::tril_indices(latent_, latent_, -1, parameters.options().dtype(torch::kLong));
    const Tensor lower = torch::zeros({parameters.size(0), latent_ * latent_}, parameters.options())
                             .scatter(1, (places[0] * latent_ + places[1]).expand_as(below), below)
                             .view({-1, latent_, latent_});
    return std::make_unique<FullGaussian>(mean, log_diagonal, lower + torch::diag_embed(log_diagonal.exp()));
  }

 private:
  int64_t below_diagonal() const { return latent_ * (latent_ - 1) / 2; }

  int64_t latent_;
};

}  // namespace

FullGaussian::FullGaussian(Tensor mean, Tensor log_diagonal, Tensor scale)
    : mean_(std::move(mean)), log_diagonal_(std::move(log_diagonal)), scale_(std::move(scale)) {}

Tensor FullGaussian::rsample(int64_t importance_samples, int64_t samples, Random& random) const {
  const Tensor eps = normal_for_rows(random, {importance_samples, samples, mean_.size(0), mean_.size(1)},
                                     kPictureDimension, mean_.options());
  return mean_ + torch::matmul(scale_, eps.unsqueeze(-1)).squeeze(-1);
}

// z = mu + L eps, so log q(z) = log N(eps; 0, I) - log det L with eps = L^-1 (z - mu).
Tensor FullGaussian::log_prob(const Tensor& z) const {
  const Tensor centred = z - mean_;
  // A picture's draws are the columns of one system: its L is not copied for each.
  const Tensor columns = centred.reshape({-1, mean_.size(0), mean_.size(1)}).permute({1, 2, 0});
  const Tensor eps = torch::linalg_solve_triangular(scale_, columns, /*upper=*/false);
  const Tensor squares = eps.square().sum(1).t().reshape_as(centred.select(-1, 0));
  const double log_two_pi = std::log(2 * std::numbers::pi);
  return -0.5 * (squares + static_cast<double>(mean_.size(1)) * log_two_pi) - log_diagonal_.sum(-1);
}

std::optional<Tensor> FullGaussian::kl_per_dimension(const Prior& prior) const {
  if (dynamic_cast<const StandardNormal*>(&prior) == nullptr) return std::nullopt;
  return 0.5 * (mean_.square() + scale_.square().sum(-1) - 1) - log_diagonal_;
}

std::unique_ptr<Posterior> FullGaussian::detached() const {
  return std::make_unique<FullGaussian>(mean_.detach(), log_diagonal_.detach(), scale_.detach());
}

std::shared_ptr<PosteriorFamily> make_posterior(const FullGaussianConfig&, int64_t latent) {
  return std::make_shared<FullGaussianFamily>(latent);
}

}  // namespace vae
