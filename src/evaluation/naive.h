// A wrong gradient, to be looked at.
#pragma once

#include "objectives/estimator.h"

namespace vae {

/// The gradient that ignores that z depends on lambda: of log w at given z, neither through z nor with the
/// score. For one importance sample what is left of q is E_q[-grad log q] = 0, so that its encoder would
/// learn from noise alone; the decoder's gradient is right. Not in the list of estimators: nothing should be
/// trained by it.
class Naive : public Estimator {
 public:
  EstimatorDraws draw(const Posterior& posterior, const DrawRequest& request, Random& random) override;
  Tensor surrogate(const Tensor& x, const EstimatorDraws& draws, const Tensor& log_weights,
                   const Bound& bound) override;
};

}  // namespace vae
