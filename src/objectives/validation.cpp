#include "objectives/validation.h"

#include <fmt/format.h>

#include <algorithm>

#include "objectives/scores.h"

namespace vae {
namespace {

std::vector<double> to_vector(const Tensor& numbers) {
  const Tensor values = numbers.to(torch::kCPU, torch::kDouble).contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

}  // namespace

Validation validate(const Vae& model, const Inference& inference, const EvaluationBatches& batches,
                    int64_t samples, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  Tensor sums = torch::zeros({3}, torch::TensorOptions(model.options().device()).dtype(torch::kDouble));
  Tensor kl_per_dimension;
  std::vector<Tensor> latent_means;
  int64_t pictures = 0;
  for (int64_t i = 0; i < batches.count(); ++i) {
    const Batch batch = batches.get(i);
    const std::unique_ptr<Posterior> posterior = inference.infer(model, batch, seed);
    const Scores scores = score(model, *posterior, batch, samples, seed);
    sums += torch::stack({scores.reconstruction, scores.kl, scores.log_mean_weight})
                .sum(1, /*keepdim=*/false, torch::kDouble);
    if (scores.kl_per_dimension.defined()) {
      const Tensor sum = scores.kl_per_dimension.sum(0, /*keepdim=*/false, torch::kDouble);
      kl_per_dimension = kl_per_dimension.defined() ? kl_per_dimension + sum : sum;
    }
    if (const int64_t kept = std::min(batch.size(), kLatentMeans - pictures); kept > 0) {
      latent_means.push_back(posterior->mean().narrow(0, 0, kept).to(torch::kCPU, torch::kFloat));
    }
    pictures += batch.size();
  }
  const Tensor mean = (sums / static_cast<double>(pictures)).cpu();
  const double reconstruction = mean[0].item<double>();
  const double kl = mean[1].item<double>();
  std::vector<double> means;
  if (kl_per_dimension.defined()) means = to_vector(kl_per_dimension / static_cast<double>(pictures));
  return {.elbo = reconstruction - kl,
          .reconstruction = reconstruction,
          .kl = kl,
          .iwae = mean[2].item<double>(),
          .samples = samples,
          .kl_per_dimension = std::move(means),
          .latent_means = torch::cat(latent_means)};
}

std::string bound_name(int64_t samples) { return samples == 1 ? "ELBO" : fmt::format("IWAE-{}", samples); }

}  // namespace vae
