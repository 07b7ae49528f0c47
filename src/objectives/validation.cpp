#include "objectives/validation.h"

#include "objectives/elbo.h"

namespace vae {
namespace {

// Sums over the batch of reconstruction and KL, [2] in float64.
Tensor sums(const Vae& model, const Batch& batch, int64_t samples, uint64_t seed) {
  Tensor total = torch::zeros({2}, torch::TensorOptions(batch.x.device()).dtype(torch::kDouble));
  for (int64_t draw = 0; draw < samples; ++draw) {
    Random random(seed, "latent for evaluation", static_cast<uint64_t>(draw));
    random.skip(static_cast<uint64_t>(batch.first) * model.posterior().words_per_draw());
    const ElboParts parts = elbo_parts(model, batch, KlEstimate::automatic, Draws::exact, 1, random);
    total += torch::stack(
        {parts.reconstruction.sum(0, false, torch::kDouble), parts.kl.sum(0, false, torch::kDouble)});
  }
  return total / static_cast<double>(samples);
}

}  // namespace

Validation validate(const Vae& model, const EvaluationBatches& batches, int64_t samples, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  Tensor total = torch::zeros({2}, torch::TensorOptions(model.options().device()).dtype(torch::kDouble));
  int64_t pictures = 0;
  for (int64_t i = 0; i < batches.count(); ++i) {
    const Batch batch = batches.get(i);
    total += sums(model, batch, samples, seed);
    pictures += batch.size();
  }
  const Tensor mean = (total / static_cast<double>(pictures)).cpu();
  const double reconstruction = mean[0].item<double>();
  const double kl = mean[1].item<double>();
  return {.elbo = reconstruction - kl, .reconstruction = reconstruction, .kl = kl};
}

}  // namespace vae
