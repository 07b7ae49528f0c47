#include "evaluation/generative_classifier.h"

#include <limits>

#include "core/error.h"
#include "objectives/scores.h"

namespace vae {
namespace {

/// The most probable class of each picture for each K: [samples.size(), N].
Tensor most_probable(const Vae& model, const Inference& inference, const Batch& batch,
                     const Tensor& log_frequencies, std::span<const int64_t> samples, uint64_t seed) {
  Batch supposed = batch;
  Tensor best, told;
  for (int64_t label = 0; label < model.classes(); ++label) {
    supposed.labels = torch::full_like(batch.labels, label);
    const std::unique_ptr<Posterior> posterior = inference.infer(model, supposed, seed);
    const Tensor score =
        log_mean_weights(model, *posterior, supposed, samples, seed) + log_frequencies[label];
    if (label == 0) {
      best = torch::full_like(score, -std::numeric_limits<double>::infinity());
      told = torch::zeros_like(score, torch::kLong);
    }
    const Tensor is_better = score > best;
    best = torch::where(is_better, score, best);
    told.masked_fill_(is_better, label);
  }
  return told;
}

}  // namespace

Tensor log_class_frequencies(std::span<const int64_t> counts, int64_t classes) {
  const Tensor frequencies = torch::ones({classes}, torch::kDouble);
  for (size_t i = 0; i < counts.size(); ++i) {
    frequencies[static_cast<int64_t>(i)] = static_cast<double>(counts[i]);
  }
  return (frequencies / frequencies.sum()).log();
}

std::vector<GenerativeClassification> classify(const Vae& model, const Inference& inference,
                                               const EvaluationBatches& batches,
                                               const Tensor& log_frequencies,
                                               std::span<const int64_t> samples, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  if (model.classes() == 0) {
    throw UsageError("the model is not conditioned on classes: it cannot tell them apart");
  }
  std::vector<GenerativeClassification> result;
  for (const int64_t count : samples) {
    result.push_back({.samples = count, .confusion = Confusion(model.classes())});
  }
  const Tensor log_prior = log_frequencies.to(model.options().device());
  for (int64_t i = 0; i < batches.count(); ++i) {
    const Batch batch = batches.get(i);
    const Tensor told = most_probable(model, inference, batch, log_prior, samples, seed);
    for (size_t k = 0; k < result.size(); ++k) {
      result[k].confusion.add(batch.labels, told[static_cast<int64_t>(k)]);
    }
  }
  return result;
}

}  // namespace vae
