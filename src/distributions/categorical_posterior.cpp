#include "distributions/categorical_posterior.h"

#include <cmath>

#include "core/error.h"
#include "core/noise.h"
#include "distributions/uniform_categorical.h"

namespace vae {
namespace {

// Of the largest of each variable's scores [..., variables, categories].
Tensor one_hot_of_largest(const Tensor& scores) {
  return torch::one_hot(scores.argmax(-1), scores.size(-1)).to(scores.scalar_type());
}

class CategoricalFamily : public PosteriorFamily {
 public:
  CategoricalFamily(const CategoricalPosteriorConfig& config, int64_t latent)
      : config_(config), latents_{.dimensions = latent, .categories = config.categories} {}

  int64_t parameters_per_picture() const override { return latents_.dimensions; }
  bool has_parameters_per_dimension() const override { return true; }
  LatentSpace latent_space() const override { return latents_; }
  uint64_t words_per_draw() const override {
    return static_cast<uint64_t>(latents_.dimensions) * kWordsPerUniform;
  }

  std::unique_ptr<Posterior> at(const Tensor& parameters) const override {
    return std::make_unique<CategoricalPosterior>(
        parameters.reshape({-1, latents_.variables(), latents_.categories}), config_.relaxation,
        config_.temperature);
  }

 private:
  CategoricalPosteriorConfig config_;
  LatentSpace latents_;
};

}  // namespace

CategoricalPosterior::CategoricalPosterior(const Tensor& logits, Relaxation relaxation, double temperature)
    : log_pi_(torch::log_softmax(logits, -1)), relaxation_(relaxation), temperature_(temperature) {}

// g = -log(-log u) is standard Gumbel.
Tensor CategoricalPosterior::perturbed(int64_t importance_samples, int64_t samples, Random& random) const {
  const Tensor u = uniform_for_rows(
      random, {importance_samples, samples, log_pi_.size(0), log_pi_.size(1), log_pi_.size(2)},
      kPictureDimension, log_pi_.options());
  return log_pi_ - torch::log(-torch::log(u));
}

Tensor CategoricalPosterior::rsample(int64_t importance_samples, int64_t samples, Random& random) const {
  const Tensor scores = perturbed(importance_samples, samples, random);
  const Tensor relaxed = torch::softmax(scores / temperature_, -1);
  if (relaxation_ == Relaxation::gumbel_softmax) return relaxed.flatten(-2);
  return (one_hot_of_largest(scores) + (relaxed - relaxed.detach())).flatten(-2);
}

ScoredLatents CategoricalPosterior::sample(int64_t importance_samples, int64_t samples,
                                           Random& random) const {
  const torch::NoGradGuard no_grad;
  const Tensor z = one_hot_of_largest(perturbed(importance_samples, samples, random)).flatten(-2);
  return {z, log_prob(z)};
}

Tensor CategoricalPosterior::log_prob(const Tensor& z) const { return (z * log_pi_.flatten(1)).sum(-1); }

std::optional<Tensor> CategoricalPosterior::kl_per_dimension(const Prior& prior) const {
  if (dynamic_cast<const UniformCategorical*>(&prior) == nullptr) return std::nullopt;
  return (log_pi_.exp() * log_pi_).sum(-1) + std::log(static_cast<double>(log_pi_.size(-1)));
}

std::unique_ptr<Posterior> CategoricalPosterior::detached() const {
  return std::make_unique<CategoricalPosterior>(log_pi_.detach(), relaxation_, temperature_);
}

std::shared_ptr<PosteriorFamily> make_posterior(const CategoricalPosteriorConfig& config, int64_t latent) {
  if (latent % config.categories != 0) {
    throw UsageError(
        "model.latent: {} is no multiple of model.posterior.categories, which is {}; give variables * "
        "categories",
        latent, config.categories);
  }
  return std::make_shared<CategoricalFamily>(config, latent);
}

}  // namespace vae
