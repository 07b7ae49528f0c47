#include "evaluation/evaluation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "objectives/scores.h"

namespace vae {
namespace {

/// Rows of this process's pictures, gathered over batches.
class Column {
 public:
  void add(const Batch& batch, const Tensor& values) {
    if (!values.defined()) return;
    firsts_.push_back(batch.first);
    parts_.push_back(values.to(torch::kCPU, torch::kDouble));
  }

  /// Those of all pictures, in order, each from the process that has it; undefined where nobody has any.
  Tensor of_all(int64_t pictures, const Group& group) const {
    if (group.is_alone()) return parts_.empty() ? Tensor() : torch::cat(parts_);
    // Some may have had no batch; rows are numbers, or as many for each picture.
    const int64_t dimensions = largest(parts_.empty() ? 0 : parts_.front().dim(), group);
    if (dimensions == 0) return {};
    std::vector<int64_t> sizes = {pictures};
    if (dimensions == 2) sizes.push_back(largest(parts_.empty() ? 0 : parts_.front().size(1), group));
    Tensor all = torch::zeros(sizes, torch::kDouble);
    for (size_t i = 0; i < parts_.size(); ++i) {
      all.narrow(0, firsts_[i], parts_[i].size(0)).copy_(parts_[i]);
    }
    group.sum(all);
    return all;
  }

 private:
  static int64_t largest(int64_t own, const Group& group) { return std::ranges::max(group.gather(own)); }

  std::vector<int64_t> firsts_;
  std::vector<Tensor> parts_;
};

struct Rows {
  Column reconstruction, kl, log_likelihood, sampling_variance, kl_per_dimension, means, draws;
};

void gather(Rows& rows, const Vae& model, const Posterior& posterior, const Batch& batch, int64_t samples,
            uint64_t seed) {
  const Scores scores = score(model, posterior, batch, samples, seed);
  rows.reconstruction.add(batch, scores.reconstruction);
  rows.kl.add(batch, scores.kl);
  rows.log_likelihood.add(batch, scores.log_mean_weight);
  rows.sampling_variance.add(batch, scores.sampling_variance());
  rows.kl_per_dimension.add(batch, scores.kl_per_dimension);
  Random random = noise_of_pictures(model, batch, Random(seed, "aggregate posterior"));
  rows.means.add(batch, posterior.mean());
  rows.draws.add(batch, posterior.sample(1, 1, random).z[0][0]);
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
                          int64_t samples, uint64_t seed, const Group& group) {
  const torch::NoGradGuard no_grad;
  Rows rows;
  for (int64_t i = group.rank(); i < batches.count(); i += group.size()) {
    const Batch batch = batches.get(i);
    gather(rows, model, *inference.infer(model, batch, seed), batch, samples, seed);
  }
  const int64_t pictures = batches.pictures().size();
  const auto all = [&](const Column& column) { return column.of_all(pictures, group); };
  const Tensor reconstruction = all(rows.reconstruction), kl = all(rows.kl), means = all(rows.means),
               draws = all(rows.draws);
  // By variable rather than by dimension where latents are categories: no row of the table then.
  std::optional<Tensor> kl_per_dimension;
  if (const Tensor kls = all(rows.kl_per_dimension); kls.defined() && kls.size(1) == draws.size(1)) {
    kl_per_dimension = kls.mean(0);
  }
  Evaluation result = {.pictures = pictures,
                       .samples = samples,
                       .elbo = estimate(reconstruction - kl),
                       .reconstruction = estimate(reconstruction),
                       .kl = estimate(kl),
                       .log_likelihood = estimate(all(rows.log_likelihood)),
                       .means = means,
                       .latents = latents(means, draws, kl_per_dimension),
                       .largest_correlation = largest_correlation(draws)};
  if (samples > 1) {
    result.log_likelihood.over_draws =
        all(rows.sampling_variance).sum().sqrt().item<double>() / static_cast<double>(pictures);
  }
  const Dataset& dataset = batches.pictures().dataset();
  if (!dataset.factor_names().empty()) {
    result.information_gap = mutual_information_gap(means, factors_of(dataset));
  }
  return result;
}

}  // namespace vae
