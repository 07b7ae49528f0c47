#include "distributions/diagonal_gaussian.h"

#include <utility>

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
    return std::make_unique<DiagonalGaussian>(parameters);
  }

 private:
  int64_t latent_;
};

}  // namespace

DiagonalGaussian::DiagonalGaussian(Tensor parameters) : parameters_(std::move(parameters)) {}

DiagonalGaussian::DiagonalGaussian(const Tensor& mean, const Tensor& log_variance)
    : DiagonalGaussian(torch::cat({mean, log_variance}, -1)) {}

Tensor DiagonalGaussian::rsample(int64_t importance_samples, int64_t samples, Random& random) const {
  const int64_t pictures = parameters_.size(0), latent = parameters_.size(1) / 2;
  const Tensor eps = normal_for_rows(random, {importance_samples, samples, pictures, latent},
                                     kPictureDimension, parameters_.options());
  return reparameterize(parameters_, eps);
}

Tensor DiagonalGaussian::log_prob(const Tensor& z) const {
  return diagonal_gaussian_log_prob(z, parameters_);
}

std::optional<Tensor> DiagonalGaussian::kl_per_dimension(const Prior& prior) const {
  if (dynamic_cast<const StandardNormal*>(&prior) == nullptr) return std::nullopt;
  return kl_to_standard_normal(parameters_);
}

std::unique_ptr<Posterior> DiagonalGaussian::detached() const {
  return std::make_unique<DiagonalGaussian>(parameters_.detach());
}

std::shared_ptr<PosteriorFamily> make_posterior(const DiagonalGaussianConfig&, int64_t latent) {
  return std::make_shared<DiagonalGaussianFamily>(latent);
}

}  // namespace vae
