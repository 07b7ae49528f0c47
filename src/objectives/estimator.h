// The interface of estimators of the gradient with respect to q.
#pragma once

#include <torch/nn/module.h>

#include <memory>

#include "core/random.h"
#include "core/tensor.h"
#include "distributions/posterior.h"
#include "objectives/bound.h"

namespace vae {

/// Draws of z that carry an estimator's gradient.
struct EstimatorDraws {
  ScoredLatents latents;
  /// Where set before the backward pass, what reaches z is multiplied by it, [K, M, N].
  std::shared_ptr<Tensor> gradient_weight = {};
};

/// How many draws of z for each picture, and whether log q(z | x) is wanted with them.
struct DrawRequest {
  int64_t importance_samples = 1;  // K
  int64_t samples = 1;             // M
  bool scored = true;
};

/// How the gradient of E_q[bound(log w)] reaches the parameters of q, of which z is drawn and which log w
/// contains.
class Estimator : public torch::nn::Module {
 public:
  /// Draws anew what does not start at a constant.
  virtual void initialize(Random) {}

  virtual EstimatorDraws draw(const Posterior& posterior, const DrawRequest& request, Random& random) = 0;

  /// A scalar whose gradient estimates that of E_q[bound(log w)], the mean over M and N; x [N, C, H, W],
  /// log_weights [K, M, N] of the draws.
  virtual Tensor surrogate(const Tensor& x, const EstimatorDraws& draws, const Tensor& log_weights,
                           const Bound& bound) = 0;
};

}  // namespace vae
