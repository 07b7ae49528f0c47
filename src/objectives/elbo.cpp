#include "objectives/elbo.h"

#include <optional>

#include "core/error.h"
#include "kernels/scaled_sum.h"
#include "objectives/bound.h"

namespace vae {
namespace {

// By dimension, [N, variables], where the formula is known and wanted.
std::optional<Tensor> closed_form(const Posterior& posterior, const Prior& prior, KlEstimate kl) {
  if (kl == KlEstimate::sampled) return std::nullopt;
  std::optional<Tensor> per_dimension = posterior.kl_per_dimension(prior);
  if (per_dimension || kl == KlEstimate::automatic) return per_dimension;
  throw UsageError(
      "objective.kl: no closed form is known for model.posterior and model.prior; give \"auto\" or "
      "\"sampled\"");
}

// These leave the score of q out, which a closed form does not have.
bool needs_draws(const EstimatorConfig& estimator) {
  return estimator.is<StlConfig>() || estimator.is<DregConfig>();
}

}  // namespace

std::optional<std::string> check(const ElboConfig& config) {
  if (config.free_bits > 0 && (config.kl == KlEstimate::sampled || needs_draws(config.estimator))) {
    return "free_bits: needs the KL of each dimension, which \"kl\": \"sampled\" and the estimators \"stl\" "
           "and "
           "\"dreg\" do not give; leave one of them out";
  }
  if (config.kl == KlEstimate::closed_form && needs_draws(config.estimator)) {
    return "kl: \"closed_form\" leaves nothing to the estimators \"stl\" and \"dreg\", which score q at the "
           "draws; "
           "use \"sampled\", or the estimator \"reparameterized\"";
  }
  return check_samples(config.estimator, 1, config.samples);
}

Elbo::Elbo(const ElboConfig& config, const PictureShape& picture)
    : config_(config), estimator_(register_module("estimator", make_estimator(config.estimator, picture))) {
  if (needs_draws(config_.estimator)) config_.kl = KlEstimate::sampled;
}

void require_fit(const ElboConfig& config, const PosteriorFamily& posterior) {
  const bool relaxed = config.estimator.is<ReparameterizedConfig>() && !posterior.latent_space().is_real();
  if (config.kl == KlEstimate::sampled && relaxed) {
    throw UsageError(
        "objective.kl: \"sampled\" takes log q(z | x) at the draws, but model.posterior gives categories, "
        "whose draws "
        "are relaxed and have another density; use \"auto\", or objective.estimator \"reinforce\"");
  }
  const bool scored = config.kl == KlEstimate::sampled || needs_draws(config.estimator);
  require_fit(config.estimator, scored ? DrawsAre::scored : DrawsAre::decoded, posterior);
}

std::optional<double> Elbo::kl_weight(int64_t step) const {
  if (config_.beta_warmup_steps == 0) return std::nullopt;
  return beta(step);
}

double Elbo::beta(int64_t step) const {
  if (step >= config_.beta_warmup_steps) return config_.beta;
  return config_.beta * static_cast<double>(step) / static_cast<double>(config_.beta_warmup_steps);
}

Tensor Elbo::weighted(const Tensor& kl, const ObjectiveStep& step) const {
  if (step.kl_weight.defined()) return step.kl_weight * kl;
  const double weight = beta(step.number);
  return weight == 1 ? kl : weight * kl;
}

Tensor Elbo::penalty(const Tensor& kl_per_dimension) const {
  return kl_per_dimension.mean(0).clamp_min(config_.free_bits).sum();
}

Terms Elbo::evaluate(const Vae& model, const Posterior& posterior, const Batch& batch, Random& random,
                     const ObjectiveStep& step) {
  require_fit(config_, model.posterior());
  const std::optional<Tensor> per_dimension = closed_form(posterior, model.prior(), config_.kl);
  if (config_.free_bits > 0 && !per_dimension) {
    throw UsageError(
        "objective.free_bits: needs the KL of each dimension, which is not known in closed form for "
        "model.posterior "
        "and model.prior; give 0, or others");
  }
  const EstimatorDraws draws =
      estimator_->draw(posterior, {.samples = config_.samples, .scored = !per_dimension}, random);
  const Tensor likelihood = model.log_likelihood(batch.x, draws.latents.z, batch.labels);  // [1, M, N]
  if (per_dimension) {
    const Tensor kl = scaled_sum(*per_dimension, 1 / static_cast<double>(per_dimension->size(0)));
    const Tensor charged = config_.free_bits > 0 ? penalty(*per_dimension) : kl;
    const Tensor cost = weighted(charged, step);
    const Tensor reconstruction = mean_of_all(likelihood.detach());
    return {.surrogate = cost - estimator_->surrogate(batch.x, draws, likelihood, MeanBound()),
            .objective = reconstruction - cost.detach(),
            .reconstruction = reconstruction,
            .kl = kl};
  }
  const Tensor kl = draws.latents.log_prob - model.prior().log_prob(draws.latents.z, batch.labels);
  const Tensor weights = likelihood - weighted(kl, step);
  return {.surrogate = -estimator_->surrogate(batch.x, draws, weights, MeanBound()),
          .objective = weights.mean(),
          .reconstruction = likelihood.mean(),
          .kl = kl.mean()};
}

std::shared_ptr<Objective> make_objective(const ElboConfig& config, const PictureShape& picture) {
  return std::make_shared<Elbo>(config, picture);
}

}  // namespace vae
