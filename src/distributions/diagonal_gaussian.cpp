#include "distributions/diagonal_gaussian.h"

#include <utility>
#include <vector>

#include "core/noise.h"
#include "distributions/standard_normal.h"
#include "kernels/diagonal_gaussian.h"

namespace vae {
namespace {

class DiagonalGaussianFamily : public PosteriorFamily {
 public:
  explicit DiagonalGaussianFamily(int64_t latent) : latent_(latent) {}

  int64_t parameters_per_picture() const override { return 2 * latent_; }
  bool has_parameters_per_dimension() const override { return true; }
  LatentSpace latent_space() const override { return {.dimensions = latent_}; }

  std::unique_ptr<Posterior> at(const Tensor& parameters) const override {
    const std::vector<Tensor> halves = parameters.chunk(2, -1);
    return std::make_unique<DiagonalGaussian>(halves[0], halves[1]);
  }

 private:
  int64_t latent_;
};

}  // namespace

DiagonalGaussian::DiagonalGaussian(Tensor mean, Tensor log_variance)
    : mean_(std::move(mean)), log_variance_(std::move(log_variance)) {}

Tensor DiagonalGaussian::rsample(int64_t importance_samples, int64_t samples, Random& random) const {
  const Tensor eps = normal_for_rows(random, {importance_samples, samples, mean_.size(0), mean_.size(1)},
                                     kPictureDimension, mean_.options());
  return reparameterize(mean_, log_variance_, eps);
}

Tensor DiagonalGaussian::log_prob(const Tensor& z) const {
  return diagonal_gaussian_log_prob(z, mean_, log_variance_);
}

std::optional<Tensor> DiagonalGaussian::kl_per_dimension(const Prior& prior) const {
  if (dynamic_cast<const StandardNormal*>(&prior) == nullptr) return std::nullopt;
  return kl_to_standard_normal(mean_, log_variance_);
}

std::unique_ptr<Posterior> DiagonalGaussian::detached() const {
  return std::make_unique<DiagonalGaussian>(mean_.detach(), log_variance_.detach());
}

std::shared_ptr<PosteriorFamily> make_posterior(const DiagonalGaussianConfig&, int64_t latent) {
  return std::make_shared<DiagonalGaussianFamily>(latent);
}

}  // namespace vae
