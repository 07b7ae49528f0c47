// Gaussian posterior with a diagonal covariance.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "distributions/posterior.h"

namespace vae {

struct DiagonalGaussianConfig {
  static constexpr std::string_view kType = "diagonal_gaussian";
  static constexpr std::string_view kHelp = "N(mu, diag(sigma^2)); the encoder gives mu and log sigma^2.";
  bool operator==(const DiagonalGaussianConfig&) const = default;
};

inline constexpr auto fields(Tag<DiagonalGaussianConfig>) { return std::tuple{}; }

/// q(z | x) = N(mu, diag(sigma^2)), z = mu + sigma eps.
/// KL(q || N(0, I)) = sum_j (mu_j^2 + sigma_j^2 - log sigma_j^2 - 1) / 2. Kingma and Welling 2014, appendix
/// B.
class DiagonalGaussian : public Posterior {
 public:
  /// [N, 2 latent]: the means, and behind them the logarithms of the variances.
  explicit DiagonalGaussian(Tensor parameters);

  /// Both [N, latent].
  DiagonalGaussian(const Tensor& mean, const Tensor& log_variance);

  Tensor rsample(int64_t importance_samples, int64_t samples, Random& random) const override;
  Tensor log_prob(const Tensor& z) const override;
  Tensor mean() const override { return parameters_.chunk(2, -1)[0]; }
  std::optional<Tensor> deviation() const override { return torch::exp(0.5 * log_variance()); }
  std::optional<Tensor> kl_per_dimension(const Prior& prior) const override;
  std::unique_ptr<Posterior> detached() const override;

  Tensor log_variance() const { return parameters_.chunk(2, -1)[1]; }  // [N, latent]
  Tensor parameters() const { return parameters_; }

 private:
  Tensor parameters_;
};

std::shared_ptr<PosteriorFamily> make_posterior(const DiagonalGaussianConfig& config, int64_t latent);

}  // namespace vae
