#include "objectives/scores.h"

#include <cmath>
#include <optional>
#include <vector>

#include "objectives/log_weights.h"

namespace vae {
namespace {

// The k-th draw for the pictures of a batch, scored: each [N].
LogWeights draw(const Vae& model, const Batch& batch, const Posterior& posterior, uint64_t seed, int64_t k) {
  Random random =
      noise_of_pictures(model, batch, Random(seed, "latent for evaluation", static_cast<uint64_t>(k)));
  const LogWeights weights = log_weights(model, batch, posterior.sample(1, 1, random));
  return {weights.likelihood[0][0], weights.prior[0][0], weights.posterior[0][0]};
}

}  // namespace

Random noise_of_pictures(const Vae& model, const Batch& batch, Random random) {
  random.skip(static_cast<uint64_t>(batch.first) * model.posterior().words_per_draw());
  return random;
}

// Var(log mean w) ~ Var(w) / (K (E w)^2), both moments from the draws.
Tensor Scores::sampling_variance() const {
  return torch::expm1(log_mean_square - 2 * log_mean_weight) / static_cast<double>(samples);
}

Scores score(const Vae& model, const Posterior& posterior, const Batch& batch, int64_t samples,
             uint64_t seed) {
  const torch::NoGradGuard no_grad;
  Tensor likelihood, divergence, log_sum, log_sum_of_squares;
  for (int64_t k = 0; k < samples; ++k) {
    const LogWeights weights = draw(model, batch, posterior, seed, k);
    const Tensor log_weight = weights.total();
    const Tensor draw_divergence = weights.posterior - weights.prior;
    likelihood = k == 0 ? weights.likelihood : likelihood + weights.likelihood;
    divergence = k == 0 ? draw_divergence : divergence + draw_divergence;
    log_sum = k == 0 ? log_weight : torch::logaddexp(log_sum, log_weight);
    log_sum_of_squares = k == 0 ? 2 * log_weight : torch::logaddexp(log_sum_of_squares, 2 * log_weight);
  }
  const auto count = static_cast<double>(samples);
  const std::optional<Tensor> per_dimension = posterior.kl_per_dimension(model.prior());
  return {.reconstruction = likelihood / count,
          .kl = per_dimension ? per_dimension->sum(-1) : divergence / count,
          .kl_per_dimension = per_dimension.value_or(Tensor()),
          .log_mean_weight = log_sum - std::log(count),
          .log_mean_square = log_sum_of_squares - std::log(count),
          .samples = samples};
}

Tensor log_mean_weights(const Vae& model, const Posterior& posterior, const Batch& batch,
                        std::span<const int64_t> samples, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> means;
  Tensor log_sum;
  int64_t drawn = 0;
  for (const int64_t count : samples) {
    for (; drawn < count; ++drawn) {
      const Tensor log_weight = draw(model, batch, posterior, seed, drawn).total();
      log_sum = log_sum.defined() ? torch::logaddexp(log_sum, log_weight) : log_weight;
    }
    means.push_back(log_sum - std::log(static_cast<double>(count)));
  }
  return torch::stack(means);
}

}  // namespace vae
