#include "distributions/flow.h"

namespace vae {

Tensor Flow::rsample(int64_t importance_samples, int64_t samples, Random& random) const {
  return transport(base_.rsample(importance_samples, samples, random)).z;
}

ScoredLatents Flow::rsample_scored(int64_t importance_samples, int64_t samples, Random& random) const {
  const ScoredLatents start = base_.rsample_scored(importance_samples, samples, random);
  const Transported end = transport(start.z);
  return {end.z, start.log_prob - end.log_determinant};
}

DiagonalGaussian Flow::detached_base() const { return DiagonalGaussian(base_.parameters().detach()); }

}  // namespace vae
