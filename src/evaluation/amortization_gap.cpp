#include "evaluation/amortization_gap.h"

#include <algorithm>
#include <vector>

#include "objectives/scores.h"

namespace vae {
namespace {

/// Rows for each picture, gathered over batches.
struct Rows {
  std::vector<Tensor> elbo, log_likelihood;

  void add(const Scores& scores) {
    elbo.push_back(scores.elbo().to(torch::kCPU, torch::kDouble));
    log_likelihood.push_back(scores.log_mean_weight.to(torch::kCPU, torch::kDouble));
  }
  PosteriorWorth worth() const {
    return {.elbo = estimate(torch::cat(elbo)), .log_likelihood = estimate(torch::cat(log_likelihood))};
  }
};

}  // namespace

AmortizationGap amortization_gap(const Vae& model, const EvaluationBatches& batches, int64_t pictures,
                                 int64_t samples, const FitConfig& fit, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  Rows encoder, refined, fitted;
  int64_t done = 0;
  for (int64_t i = 0; i < batches.count() && done < pictures; ++i) {
    const Batch whole = batches.get(i);
    const Batch batch = first_of(whole, std::min(whole.size(), pictures - done));
    const auto worth = [&](const Tensor& parameters) {
      return score(model, *model.posterior().at(parameters), batch, samples, seed);
    };
    if (model.has_encoder()) {
      const Tensor encoded = model.encode_parameters(batch.x, batch.labels);
      encoder.add(worth(encoded));
      refined.add(worth(fit_posterior(model, batch, encoded, fit, seed)));
    }
    fitted.add(worth(fit_posterior(model, batch, ignorant_parameters(model, batch), fit, seed)));
    done += batch.size();
  }
  AmortizationGap result = {.pictures = done, .samples = samples, .fit = fit, .fitted = fitted.worth()};
  if (model.has_encoder()) {
    result.encoder = encoder.worth();
    result.refined = refined.worth();
    result.gap = estimate(torch::cat(refined.elbo) - torch::cat(encoder.elbo));
  }
  return result;
}

}  // namespace vae
