#include "objectives/elbo.h"

#include <algorithm>

#include "core/error.h"

namespace vae {
namespace {

// Latents are [K, M, N, latent] with K = 1 here; values per draw are [1, M, N].
Tensor mean_over_draws(const Tensor& values) { return values.mean({0, 1}); }

// log_prob may stay undefined where it is not asked for.
ScoredLatents draw(const Posterior& posterior, Draws draws, int64_t samples, bool scored, Random& random) {
  if (draws == Draws::exact) return posterior.sample(1, samples, random);
  if (scored) return posterior.rsample_scored(1, samples, random);
  return {posterior.rsample(1, samples, random), {}};
}

}  // namespace

void require_fit(const ElboConfig& config, const PosteriorFamily& posterior) {
  if (config.kl != KlEstimate::sampled || posterior.latent_space().is_real()) return;
  throw UsageError(
      "objective.kl: \"sampled\" takes log q(z | x) at the draws, but model.posterior gives categories, "
      "whose "
      "draws are relaxed and have another density; use \"auto\"");
}

ElboParts elbo_parts(const Vae& model, const Batch& batch, KlEstimate kl, Draws draws, int64_t samples,
                     Random& random) {
  const std::unique_ptr<Posterior> posterior = model.encode(batch.x, batch.labels);
  std::optional<Tensor> per_dimension;
  if (kl != KlEstimate::sampled) per_dimension = posterior->kl_per_dimension(model.prior());
  if (!per_dimension && kl == KlEstimate::closed_form) {
    throw UsageError(
        "objective.kl: no closed form is known for model.posterior and model.prior; give \"auto\" or "
        "\"sampled\"");
  }
  const ScoredLatents latents = draw(*posterior, draws, samples, /*scored=*/!per_dimension, random);
  const Tensor reconstruction =
      mean_over_draws(model.likelihood().log_prob(batch.x, model.decode(latents.z, batch.labels)));
  if (per_dimension) return {reconstruction, per_dimension->sum(-1), *per_dimension};
  return {reconstruction,
          mean_over_draws(latents.log_prob - model.prior().log_prob(latents.z, batch.labels)),
          {}};
}

double Elbo::beta(int64_t step) const {
  if (step >= config_.beta_warmup_steps) return config_.beta;
  return config_.beta * static_cast<double>(step) / static_cast<double>(config_.beta_warmup_steps);
}

Terms Elbo::evaluate(const Vae& model, const Batch& batch, Random& random, int64_t step) const {
  require_fit(config_, model.posterior());
  const ElboParts parts =
      elbo_parts(model, batch, config_.kl, Draws::differentiable, config_.samples, random);
  const Tensor reconstruction = parts.reconstruction.mean();
  const Tensor kl = parts.kl.mean();
  if (config_.free_bits > 0 && !parts.kl_per_dimension.defined()) {
    throw UsageError(
        "objective.free_bits: needs the KL of each dimension, which is not known in closed form for "
        "model.posterior and "
        "model.prior; give 0, or others");
  }
  const Tensor penalty =
      config_.free_bits > 0 ? parts.kl_per_dimension.mean(0).clamp_min(config_.free_bits).sum() : kl;
  const Tensor objective = reconstruction - beta(step) * penalty;
  return {.surrogate = -objective, .objective = objective, .reconstruction = reconstruction, .kl = kl};
}

std::unique_ptr<Objective> make_objective(const ElboConfig& config) { return std::make_unique<Elbo>(config); }

}  // namespace vae
