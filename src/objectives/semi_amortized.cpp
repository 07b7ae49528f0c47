#include "objectives/semi_amortized.h"

namespace vae {

EStep SemiAmortized::e_step(const StepContext& at) {
  const Tensor encoded = at.model.encode_parameters(at.batch.x, at.batch.labels);
  if (config_.when == Refinement::evaluation) return {.posterior = at.model.posterior().at(encoded)};
  const FitConfig fit = this->fit();
  PosteriorParameters parameters = PosteriorParameters::start(encoded);
  Tensor surrogate;
  for (int64_t step = 0; step < fit.steps; ++step) {
    const Tensor gradient = posterior_gradient(at, parameters.values);
    if (step == 0) surrogate = (encoded * gradient).sum() / static_cast<double>(at.batch.size());
    descend(parameters, gradient, fit.rate(step));
  }
  return {.posterior = at.model.posterior().at(parameters.values), .surrogate = surrogate};
}

std::unique_ptr<Posterior> SemiAmortized::infer(const Vae& model, const Batch& batch, uint64_t seed) const {
  const torch::NoGradGuard no_grad;
  const Tensor encoded = model.encode_parameters(batch.x, batch.labels);
  return model.posterior().at(fit_posterior(model, batch, encoded, fit(), seed));
}

}  // namespace vae
