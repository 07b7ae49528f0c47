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

/// Everyone's sum of a vector that those without a batch do not have.
Tensor sum_of_all(const Group& group, const Tensor& own) {
  if (group.is_alone()) return own;
  const std::vector<int64_t> sizes = group.gather(own.defined() ? own.numel() : 0);
  const int64_t size = *std::ranges::max_element(sizes);
  if (size == 0) return own;
  Tensor sum = torch::zeros({size}, torch::kDouble);
  if (own.defined()) sum.copy_(own);
  group.sum(sum);
  return sum;
}

/// E[z | x] of the first pictures.
class LatentMeans {
 public:
  explicit LatentMeans(int64_t pictures) : kept_(std::min(pictures, kLatentMeans)) {}

  void add(int64_t first, const Tensor& means) {
    if (first >= kept_) return;
    if (!means_.defined()) means_ = torch::zeros({kept_, means.size(1)}, torch::kFloat);
    const int64_t count = std::min(means.size(0), kept_ - first);
    means_.narrow(0, first, count).copy_(means.narrow(0, 0, count));
  }

  /// Everyone's, each row from whoever added it.
  Tensor of_all(const Group& group) {
    if (group.is_alone()) return means_;
    const std::vector<int64_t> widths = group.gather(means_.defined() ? means_.size(1) : 0);
    if (!means_.defined()) means_ = torch::zeros({kept_, *std::ranges::max_element(widths)}, torch::kFloat);
    group.sum(means_);
    return means_;
  }

 private:
  int64_t kept_;
  Tensor means_;
};

}  // namespace

Validation validate(const Vae& model, const Inference& inference, const EvaluationBatches& batches,
                    int64_t samples, uint64_t seed, const Group& group) {
  const torch::NoGradGuard no_grad;
  const int64_t pictures = batches.pictures().size();
  Tensor sums = torch::zeros({3}, torch::TensorOptions(model.options().device()).dtype(torch::kDouble));
  Tensor kl_per_dimension;
  LatentMeans latent_means(pictures);
  for (int64_t i = group.rank(); i < batches.count(); i += group.size()) {
    const Batch batch = batches.get(i);
    const std::unique_ptr<Posterior> posterior = inference.infer(model, batch, seed);
    const Scores scores = score(model, *posterior, batch, samples, seed);
    sums += torch::stack({scores.reconstruction, scores.kl, scores.log_mean_weight})
                .sum(1, /*keepdim=*/false, torch::kDouble);
    if (scores.kl_per_dimension.defined()) {
      const Tensor sum = scores.kl_per_dimension.sum(0, /*keepdim=*/false, torch::kDouble);
      kl_per_dimension = kl_per_dimension.defined() ? kl_per_dimension + sum : sum;
    }
    latent_means.add(batch.first, posterior->mean());
  }
  sums = sums.cpu();
  group.sum(sums);
  kl_per_dimension = sum_of_all(group, kl_per_dimension);
  const Tensor mean = sums / static_cast<double>(pictures);
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
          .latent_means = latent_means.of_all(group)};
}

std::string bound_name(int64_t samples) { return samples == 1 ? "ELBO" : fmt::format("IWAE-{}", samples); }

}  // namespace vae
