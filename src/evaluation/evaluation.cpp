#include "evaluation/evaluation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "objectives/scores.h"

namespace vae {
namespace {

/// Rows for each picture, gathered over batches.
struct Rows {
  std::vector<Tensor> reconstruction, kl, log_likelihood, sampling_variance, kl_per_dimension, means, draws;
};

void gather(Rows& rows, const Vae& model, const Posterior& posterior, const Batch& batch, int64_t samples,
            uint64_t seed) {
  const Scores scores = score(model, posterior, batch, samples, seed);
  const auto keep = [](std::vector<Tensor>& column, const Tensor& values) {
    if (values.defined()) column.push_back(values.to(torch::kCPU, torch::kDouble));
  };
  keep(rows.reconstruction, scores.reconstruction);
  keep(rows.kl, scores.kl);
  keep(rows.log_likelihood, scores.log_mean_weight);
  keep(rows.sampling_variance, scores.sampling_variance());
  keep(rows.kl_per_dimension, scores.kl_per_dimension);
  Random random = noise_of_pictures(model, batch, Random(seed, "aggregate posterior"));
  keep(rows.means, posterior.mean());
  keep(rows.draws, posterior.sample(1, 1, random).z[0][0]);
}

// Of one picture no spread is known.
double standard_error(const Tensor& values) {
  const auto count = static_cast<double>(values.size(0));
  return count > 1 ? values.std().item<double>() / std::sqrt(count) : 0;
}

double largest_correlation(const Tensor& draws) {
  if (draws.size(1) < 2 || draws.size(0) < 2) return 0;
  // A dimension that never varies correlates with nothing.
  const Tensor correlation = torch::nan_to_num(torch::corrcoef(draws.t()));
  return (correlation - torch::eye(draws.size(1), correlation.options())).abs().triu(1).max().item<double>();
}

std::vector<LatentDimension> latents(const Tensor& means, const Tensor& draws,
                                     const std::optional<Tensor>& kl) {
  const Tensor mean = draws.mean(0), deviation = draws.std(0, /*unbiased=*/false),
               variance = means.var(0, /*unbiased=*/false);
  std::vector<LatentDimension> result;
  for (int64_t j = 0; j < draws.size(1); ++j) {
    LatentDimension dimension = {.mean = mean[j].item<double>(),
                                 .deviation = deviation[j].item<double>(),
                                 .variance_of_means = variance[j].item<double>()};
    if (kl) dimension.kl = (*kl)[j].item<double>();
    result.push_back(dimension);
  }
  return result;
}

}  // namespace

Estimate estimate(const Tensor& values) {
  return {.value = values.mean().item<double>(), .over_pictures = standard_error(values)};
}

std::vector<int64_t> by_activity(std::span<const LatentDimension> latents) {
  std::vector<int64_t> order(latents.size());
  std::iota(order.begin(), order.end(), 0);
  const auto activity = [&](int64_t position) {
    const LatentDimension& dimension = latents[static_cast<size_t>(position)];
    return dimension.kl.value_or(dimension.variance_of_means);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return activity(a) > activity(b); });
  return order;
}

int64_t Evaluation::active_units() const {
  return std::count_if(latents.begin(), latents.end(), [](const LatentDimension& dimension) {
    return dimension.variance_of_means > kActiveVariance;
  });
}

Evaluation evaluate_model(const Vae& model, const Inference& inference, const EvaluationBatches& batches,
                          int64_t samples, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  Rows rows;
  for (int64_t i = 0; i < batches.count(); ++i) {
    const Batch batch = batches.get(i);
    gather(rows, model, *inference.infer(model, batch, seed), batch, samples, seed);
  }
  const Tensor reconstruction = torch::cat(rows.reconstruction), kl = torch::cat(rows.kl),
               means = torch::cat(rows.means), draws = torch::cat(rows.draws);
  // By variable rather than by dimension where latents are categories: no row of the table then.
  std::optional<Tensor> kl_per_dimension;
  if (!rows.kl_per_dimension.empty() && rows.kl_per_dimension.front().size(1) == draws.size(1)) {
    kl_per_dimension = torch::cat(rows.kl_per_dimension).mean(0);
  }
  Evaluation result = {.pictures = reconstruction.size(0),
                       .samples = samples,
                       .elbo = estimate(reconstruction - kl),
                       .reconstruction = estimate(reconstruction),
                       .kl = estimate(kl),
                       .log_likelihood = estimate(torch::cat(rows.log_likelihood)),
                       .means = means,
                       .latents = latents(means, draws, kl_per_dimension),
                       .largest_correlation = largest_correlation(draws)};
  const Dataset& dataset = batches.pictures().dataset();
  if (!dataset.factor_names().empty()) {
    result.information_gap = mutual_information_gap(means, factors_of(dataset));
  }
  if (samples > 1) {
    const Tensor variance = torch::cat(rows.sampling_variance);
    result.log_likelihood.over_draws =
        variance.sum().sqrt().item<double>() / static_cast<double>(result.pictures);
  }
  return result;
}

}  // namespace vae
