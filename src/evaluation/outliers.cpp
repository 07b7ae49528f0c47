#include "evaluation/outliers.h"

#include <vector>

#include "core/error.h"
#include "objectives/scores.h"

namespace vae {

PictureScores score_pictures(const Vae& model, const Inference& inference, const EvaluationBatches& batches,
                             int64_t samples, uint64_t seed, const Progress& progress) {
  std::vector<Tensor> bound, reconstruction, kl;
  const auto keep = [](std::vector<Tensor>& all, const Tensor& values) {
    all.push_back(values.to(torch::kCPU, torch::kDouble));
  };
  for (int64_t i = 0; i < batches.count(); ++i) {
    const Batch batch = batches.get(i);
    const Scores scores = score(model, *inference.infer(model, batch, seed), batch, samples, seed);
    keep(bound, samples == 1 ? scores.elbo() : scores.log_mean_weight);
    keep(reconstruction, scores.reconstruction);
    keep(kl, scores.kl);
    progress(i + 1, batches.count());
  }
  return {torch::cat(bound), torch::cat(reconstruction), torch::cat(kl)};
}

double threshold_at_rate(const Tensor& scores, double rate) {
  const auto below = static_cast<int64_t>(rate * static_cast<double>(scores.size(0)));
  return std::get<0>(scores.sort())[below].item<double>();
}

double area_under_curve(const Tensor& scores, const Tensor& is_outlier) {
  const Tensor outliers = scores.masked_select(is_outlier);
  const Tensor others = std::get<0>(scores.masked_select(is_outlier.logical_not()).sort());
  if (outliers.numel() == 0 || others.numel() == 0) {
    throw UsageError("{} outliers and {} other pictures: to tell one from the other takes both",
                     outliers.numel(), others.numel());
  }
  const auto others_up_to = [&](const char* side) {  // how many lie before each outlier's place
    return torch::searchsorted(others, outliers, /*out_int32=*/false, /*right=*/false, side)
        .to(torch::kDouble);
  };
  const auto count = static_cast<double>(others.numel());
  const Tensor above = count - 0.5 * (others_up_to("left") + others_up_to("right"));
  return above.mean().item<double>() / count;
}

}  // namespace vae
