#include "objectives/info.h"

#include "core/error.h"

namespace vae {
namespace {

Tensor kernel(const Tensor& a, const Tensor& b) {
  const Tensor distance = (a.unsqueeze(1) - b.unsqueeze(0)).square().mean(-1);
  return torch::exp(-distance);
}

// Over pairs of different points.
Tensor mean_of_pairs(const Tensor& within) {
  const auto count = static_cast<double>(within.size(0));
  return (within.sum() - within.diagonal().sum()) / (count * (count - 1));
}

}  // namespace

Tensor squared_mmd(const Tensor& a, const Tensor& b) {
  return mean_of_pairs(kernel(a, a)) + mean_of_pairs(kernel(b, b)) - 2 * kernel(a, b).mean();
}

Terms Info::evaluate(const Vae& model, const Posterior& posterior, const Batch& batch, Random& random,
                     const ObjectiveStep&) {
  const std::optional<Tensor> closed = posterior.kl_per_dimension(model.prior());
  const ScoredLatents latents = posterior.rsample_scored(1, 1, random);
  const Tensor likelihood = model.log_likelihood(batch.x, latents.z, batch.labels).mean();
  const Tensor kl = closed ? closed->sum(-1).mean()
                           : (latents.log_prob - model.prior().log_prob(latents.z, batch.labels)).mean();
  const Tensor z = latents.z[0][0];
  const Tensor from_prior = model.prior().sample(batch.size(), batch.labels, random, z.options());
  // A batch of one has no pairs, and tells nothing of q(z).
  const Tensor mmd = batch.size() > 1 ? squared_mmd(z, from_prior) : torch::zeros_like(kl);
  const Tensor objective = likelihood - (1 - config_.alpha) * kl - (config_.alpha + config_.lambda - 1) * mmd;
  return {.surrogate = -objective, .objective = objective, .reconstruction = likelihood, .kl = kl};
}

std::shared_ptr<Objective> make_objective(const InfoConfig& config, const PictureShape&) {
  return std::make_shared<Info>(config);
}

}  // namespace vae
