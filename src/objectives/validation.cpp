#include "objectives/validation.h"

#include <fmt/format.h>

#include "objectives/scores.h"

namespace vae {

Validation validate(const Vae& model, const EvaluationBatches& batches, int64_t samples, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  Tensor sums = torch::zeros({3}, torch::TensorOptions(model.options().device()).dtype(torch::kDouble));
  int64_t pictures = 0;
  for (int64_t i = 0; i < batches.count(); ++i) {
    const Batch batch = batches.get(i);
    const Scores scores = score(model, batch, samples, seed);
    sums += torch::stack({scores.reconstruction, scores.kl, scores.log_mean_weight})
                .sum(1, /*keepdim=*/false, torch::kDouble);
    pictures += batch.size();
  }
  const Tensor mean = (sums / static_cast<double>(pictures)).cpu();
  const double reconstruction = mean[0].item<double>();
  const double kl = mean[1].item<double>();
  return {.elbo = reconstruction - kl,
          .reconstruction = reconstruction,
          .kl = kl,
          .iwae = mean[2].item<double>(),
          .samples = samples};
}

std::string bound_name(int64_t samples) { return samples == 1 ? "ELBO" : fmt::format("IWAE-{}", samples); }

}  // namespace vae
