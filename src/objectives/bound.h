// Lower bounds on log p(x) as functions of the log weights of draws.
#pragma once

#include "core/tensor.h"

namespace vae {

/// A function of log w_k = log p(x, z_k) - log q(z_k | x), k = 1 ... K, with derivatives g_k >= 0 that sum
/// to 1.
class Bound {
 public:
  virtual ~Bound() = default;

  /// log_weights [K, ...]: [...].
  virtual Tensor value(const Tensor& log_weights) const = 0;

  /// The mean of value over all but K: a scalar.
  virtual Tensor mean_value(const Tensor& log_weights) const;

  /// g_k = d value / d log w_k: [K, ...].
  virtual Tensor shares(const Tensor& log_weights) const = 0;

  /// d log g_k / d log w_k: [K, ...].
  virtual Tensor elasticities(const Tensor& log_weights) const = 0;
};

/// 1/K sum_k log w_k: the ELBO.
class MeanBound : public Bound {
 public:
  Tensor value(const Tensor& log_weights) const override;
  Tensor mean_value(const Tensor& log_weights) const override;
  Tensor shares(const Tensor& log_weights) const override;
  Tensor elasticities(const Tensor& log_weights) const override;
};

/// 1/(1 - alpha) log 1/K sum_k w_k^(1 - alpha), alpha != 1: the variational Renyi bound (Li and Turner
/// 2016). alpha = 0 is log 1/K sum_k w_k, the importance-weighted bound (Burda, Grosse and
/// Salakhutdinov 2016, equation 8).
class RenyiBound : public Bound {
 public:
  explicit RenyiBound(double alpha = 0) : power_(1 - alpha) {}
  Tensor value(const Tensor& log_weights) const override;
  Tensor shares(const Tensor& log_weights) const override;
  Tensor elasticities(const Tensor& log_weights) const override;

 private:
  double power_;
};

/// beta of the ELBO and 1 - beta of the importance-weighted bound (Rainforth et al. 2018, the convex
/// combination).
class ConvexBound : public Bound {
 public:
  explicit ConvexBound(double beta) : beta_(beta) {}
  Tensor value(const Tensor& log_weights) const override;
  Tensor shares(const Tensor& log_weights) const override;
  Tensor elasticities(const Tensor& log_weights) const override;

 private:
  double beta_;
  MeanBound mean_;
  RenyiBound importance_weighted_;
};

}  // namespace vae
