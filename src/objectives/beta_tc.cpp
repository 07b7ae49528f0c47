#include "objectives/beta_tc.h"

#include <cmath>

#include "core/error.h"
#include "distributions/diagonal_gaussian.h"
#include "distributions/normal.h"
#include "distributions/standard_normal.h"

namespace vae {
namespace {

// log of the weight of picture l in the estimate for draw i, [B, B]: 1/N for the draw's own picture, which is
// one of N, and the rest in equal parts for the B - 1 others, which stand for the N - 1 others.
Tensor stratified_log_weights(int64_t batch, int64_t population, const torch::TensorOptions& options) {
  if (batch == 1) return torch::zeros({1, 1}, options);
  const auto n = static_cast<double>(population);
  const Tensor own = torch::eye(batch, options.dtype(torch::kBool));
  return torch::full({batch, batch}, std::log((n - 1) / (n * static_cast<double>(batch - 1))), options)
      .masked_fill(own, -std::log(n));
}

}  // namespace

AggregateDensities aggregate_densities(const Tensor& densities, int64_t population,
                                       AggregateSampling sampling) {
  const int64_t batch = densities.size(0);
  if (sampling == AggregateSampling::weighted) {
    const double log_count = std::log(static_cast<double>(batch)) + std::log(static_cast<double>(population));
    return {torch::logsumexp(densities.sum(-1), 1) - log_count, torch::logsumexp(densities, 1) - log_count};
  }
  const Tensor log_weights = stratified_log_weights(batch, population, densities.options());
  return {torch::logsumexp(log_weights + densities.sum(-1), 1),
          torch::logsumexp(log_weights.unsqueeze(-1) + densities, 1)};
}

Terms BetaTc::evaluate(const Vae& model, const Posterior& posterior, const Batch& batch, Random& random,
                       const ObjectiveStep&) {
  const auto* q = dynamic_cast<const DiagonalGaussian*>(&posterior);
  if (q == nullptr || dynamic_cast<const StandardNormal*>(&model.prior()) == nullptr) {
    throw UsageError(
        "objective.type: \"beta_tc\" needs densities that factorise over dimensions: model.posterior "
        "\"diagonal_gaussian\" and model.prior \"standard_normal\"");
  }
  const Tensor z = q->rsample(1, 1, random)[0][0];  // [B, latent]
  const Tensor likelihood = model.log_likelihood(batch.x, z.unsqueeze(0), batch.labels).mean();
  const Tensor densities = normal_log_prob(z.unsqueeze(1), q->mean(), q->log_variance());  // [B, B, latent]
  const AggregateDensities aggregate = aggregate_densities(densities, batch.population, config_.sampling);
  const Tensor posterior_log_prob = densities.diagonal(0, 0, 1).sum(0);  // [B]
  const Tensor marginals = aggregate.marginals.sum(-1);
  const Tensor information = (posterior_log_prob - aggregate.joint).mean();
  const Tensor total_correlation = (aggregate.joint - marginals).mean();
  const Tensor dimensions = (marginals - model.prior().log_prob(z, batch.labels)).mean();
  const Tensor objective = likelihood - config_.alpha * information - config_.beta * total_correlation -
                           config_.gamma * dimensions;
  return {.surrogate = -objective,
          .objective = objective,
          .reconstruction = likelihood,
          .kl = information + total_correlation + dimensions};
}

std::shared_ptr<Objective> make_objective(const BetaTcConfig& config, const PictureShape&) {
  return std::make_shared<BetaTc>(config);
}

}  // namespace vae
