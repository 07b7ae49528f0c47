// Models whose posterior and best weights are known in closed form: probabilistic PCA.
#pragma once

#include <optional>
#include <string>

#include "model/vae.h"

namespace vae {

/// The complaint about a model that is not x = W z + b + sigma eps with z, eps standard normal, so that its
/// posterior is no Gaussian with a full covariance.
std::optional<std::string> check_linear_gaussian(const ModelConfig& config);

/// Sums over pictures x [D] of what the posterior says of their z [latent], in double precision.
struct LinearGaussianMoments {
  Tensor pictures;  // sum of 1, []
  Tensor square;    // sum of |x|^2, []
  Tensor cross;     // sum of x E[z, 1]^T, [D, latent + 1]
  Tensor second;    // sum of E[(z, 1) (z, 1)^T], [latent + 1, latent + 1]
};

/// x = W z + b + sigma eps: a view of such a model's weights. With M = W^T W + sigma^2 I
///   p(z | x) = N(M^-1 W^T (x - b), sigma^2 M^-1).
/// Tipping and Bishop 1999, "Probabilistic principal component analysis", equation 6.
class LinearGaussian {
 public:
  /// Of a model with that config, which check_linear_gaussian has nothing against.
  LinearGaussian(const Vae& model, const ModelConfig& config);

  /// lambda of the exact posterior for the family `full_gaussian`, x [N, C, H, W]: [N, parameters].
  Tensor posterior_parameters(const Tensor& x) const;

  /// The moments of some pictures under the exact posterior.
  LinearGaussianMoments moments(const Tensor& x) const;

  /// The weights that maximise the expected log p(x, z): W, b, and sigma^2 unless it is fixed. Tipping and
  /// Bishop 1999, equations 26 to 28, with b among the unknowns.
  void maximise(const LinearGaussianMoments& moments);

 private:
  struct Exact {
    Tensor means;       // [N, latent]
    Tensor covariance;  // [latent, latent], the same for all
  };
  Exact exact(const Tensor& x) const;
  double variance() const;

  const VarianceConfig& variance_config_;
  Tensor weight_;        // W, [D, latent]
  Tensor bias_;          // b, [D]
  Tensor raw_variance_;  // []; undefined where it is fixed
};

}  // namespace vae
