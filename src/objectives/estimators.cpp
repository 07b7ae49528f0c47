#include "objectives/estimators.h"

#include "core/error.h"

namespace vae {

std::optional<std::string> check_samples(const EstimatorConfig& estimator, int64_t importance_samples,
                                         int64_t samples) {
  if (estimator.is<StlConfig>() && importance_samples > 1) {
    return "estimator: \"stl\" is biased where importance_samples is more than 1; use \"dreg\"";
  }
  const auto* reinforce = estimator.get_if<ReinforceConfig>();
  if (reinforce != nullptr && reinforce->baseline.is<LeaveOneOutConfig>() &&
      importance_samples * samples == 1) {
    return "estimator.baseline: \"leave_one_out\" compares draws of the same picture, and there is one; give "
           "more "
           "samples, or another baseline";
  }
  return std::nullopt;
}

void require_fit(const EstimatorConfig& estimator, DrawsAre draws, const PosteriorFamily& posterior) {
  const bool reparameterized = estimator.is<ReparameterizedConfig>();
  const bool reinforce = estimator.is<ReinforceConfig>();
  if (!reparameterized && !posterior.scores_given_latents()) {
    throw UsageError(
        "objective.estimator: \"{}\" scores given latents, which model.posterior cannot: it has no inverse; "
        "use "
        "\"reparameterized\"",
        estimator.type());
  }
  if (posterior.latent_space().is_real() || reinforce) return;
  if (!reparameterized) {
    throw UsageError(
        "objective.estimator: \"{}\" goes through z, but model.posterior gives categories, which are no "
        "function of "
        "noise that has a gradient; use \"reinforce\", or \"reparameterized\" for the relaxation",
        estimator.type());
  }
  if (draws == DrawsAre::scored) {
    throw UsageError(
        "objective: takes log q(z | x) at the draws, but model.posterior gives categories, whose draws under "
        "objective.estimator \"reparameterized\" are relaxed and have another density; use \"reinforce\", or "
        "the "
        "objective \"elbo\" with \"kl\": \"auto\"");
  }
}

}  // namespace vae
