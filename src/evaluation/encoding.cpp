#include "evaluation/encoding.h"

#include <vector>

#include "objectives/scores.h"

namespace vae {
namespace {

Tensor estimated_deviation(const Vae& model, const Posterior& posterior, const Batch& batch, uint64_t seed) {
  std::vector<Tensor> draws;
  for (int64_t k = 0; k < kDeviationDraws; ++k) {
    Random random =
        noise_of_pictures(model, batch, Random(seed, "deviation of the posterior", static_cast<uint64_t>(k)));
    draws.push_back(posterior.sample(1, 1, random).z[0][0]);
  }
  return torch::stack(draws).std(0);
}

}  // namespace

Encoding encode(const Vae& model, const Inference& inference, const EvaluationBatches& batches, uint64_t seed,
                const Progress& progress) {
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> means, deviations;
  bool is_estimated = false;
  for (int64_t i = 0; i < batches.count(); ++i) {
    const Batch batch = batches.get(i);
    const std::unique_ptr<Posterior> posterior = inference.infer(model, batch, seed);
    const std::optional<Tensor> deviation = posterior->deviation();
    is_estimated = !deviation;
    means.push_back(posterior->mean().cpu());
    deviations.push_back(
        (deviation ? *deviation : estimated_deviation(model, *posterior, batch, seed)).cpu());
    progress(i + 1, batches.count());
  }
  return {
      .mean = torch::cat(means), .deviation = torch::cat(deviations), .deviation_is_estimated = is_estimated};
}

AggregatePosterior aggregate(const Encoding& encoding) {
  const Tensor means = encoding.mean.to(torch::kDouble);
  const Tensor variance_of_means = means.var(0, /*unbiased=*/false);
  const Tensor variance = variance_of_means + encoding.deviation.to(torch::kDouble).square().mean(0);
  return {.mean = means.mean(0), .deviation = variance.sqrt(), .variance_of_means = variance_of_means};
}

}  // namespace vae
