// Gaussian posterior with a full covariance.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "distributions/posterior.h"

namespace vae {

struct FullGaussianConfig {
  static constexpr std::string_view kType = "full_gaussian";
  static constexpr std::string_view kHelp =
      "N(mu, L L^T), L lower triangular; the encoder gives mu, log L_jj and what is below the diagonal.";
  bool operator==(const FullGaussianConfig&) const = default;
};

inline constexpr auto fields(Tag<FullGaussianConfig>) { return std::tuple{}; }

/// q(z | x) = N(mu, L L^T), z = mu + L eps, L lower triangular with a positive diagonal. Any z = A eps + b
/// has covariance A A^T, and every covariance has such an L (Cholesky). Kingma and Welling 2019,
/// section 2.5.1. Parameters of a picture: latent numbers mu, latent log L_jj, then the rows below the
/// diagonal.
class FullGaussian : public Posterior {
 public:
  /// mean [N, latent], log_diagonal [N, latent] = log L_jj, scale [N, latent, latent] = L.
  FullGaussian(Tensor mean, Tensor log_diagonal, Tensor scale);

  Tensor rsample(int64_t importance_samples, int64_t samples, Random& random) const override;
  Tensor log_prob(const Tensor& z) const override;
  Tensor mean() const override { return mean_; }

  /// Of z_j alone: the square root of the covariance's diagonal, sum_k L_jk^2.
  std::optional<Tensor> deviation() const override { return scale_.square().sum(-1).sqrt(); }

  /// By the chain rule: E KL(q(z_j | z_1 ... z_j-1) || p(z_j)) = (mu_j^2 + sum_k L_jk^2 - 1) / 2 - log L_jj.
  std::optional<Tensor> kl_per_dimension(const Prior& prior) const override;
  std::unique_ptr<Posterior> detached() const override;

 private:
  Tensor mean_;
  Tensor log_diagonal_;
  Tensor scale_;
};

std::shared_ptr<PosteriorFamily> make_posterior(const FullGaussianConfig& config, int64_t latent);

}  // namespace vae
