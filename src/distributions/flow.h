// What normalizing flows share: a diagonal Gaussian carried by an invertible map.
#pragma once

#include <optional>
#include <utility>

#include "distributions/diagonal_gaussian.h"

namespace vae {

/// Points that a map has moved, and what it does to volumes there.
struct Transported {
  Tensor z;                // [..., N, latent]
  Tensor log_determinant;  // log |det dz / dz_0|, [..., N]
};

/// q(z | x) of z = f(z_0), z_0 ~ N(mu, diag(sigma^2)): log q(z | x) = log N(z_0) - log |det df / dz_0|.
/// Rezende and Mohamed 2015, section 3. No KL has a closed form.
class Flow : public Posterior {
 public:
  explicit Flow(DiagonalGaussian base) : base_(std::move(base)) {}

  /// f and its volume, z_0 [..., N, latent].
  virtual Transported transport(const Tensor& z) const = 0;

  Tensor rsample(int64_t importance_samples, int64_t samples, Random& random) const override;
  ScoredLatents rsample_scored(int64_t importance_samples, int64_t samples, Random& random) const override;
  Tensor mean() const override { return transport(base_.mean()).z; }
  std::optional<Tensor> deviation() const override { return std::nullopt; }
  std::optional<Tensor> kl_per_dimension(const Prior&) const override { return std::nullopt; }

 protected:
  const DiagonalGaussian& base() const { return base_; }
  DiagonalGaussian detached_base() const;

 private:
  DiagonalGaussian base_;
};

}  // namespace vae
