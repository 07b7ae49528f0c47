#include "objectives/posterior_ascent.h"

#include <torch/csrc/autograd/autograd.h>

#include "objectives/elbo.h"
#include "objectives/scores.h"

namespace vae {
namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;

}  // namespace

PosteriorParameters PosteriorParameters::start(const Tensor& values) {
  return {.values = values.detach().clone(),
          .exp_avg = torch::zeros_like(values),
          .exp_avg_square = torch::zeros_like(values),
          .updates = torch::zeros({values.size(0), 1}, values.options())};
}

Tensor posterior_gradient(const StepContext& at, const Tensor& values) {
  const torch::AutoGradMode with_gradient(true);
  const Tensor leaf = values.detach().requires_grad_();
  const std::unique_ptr<Posterior> posterior = at.model.posterior().at(leaf);
  const Terms terms = at.objective.evaluate(at.model, *posterior, at.batch, at.random, at.step);
  const auto pictures = static_cast<double>(at.batch.size());  // the surrogate is a mean over them
  return torch::autograd::grad({pictures * terms.surrogate}, {leaf}).front();
}

void descend(PosteriorParameters& parameters, const Tensor& gradient, double learning_rate) {
  const torch::NoGradGuard no_grad;
  const Tensor is_finite = torch::isfinite(gradient).all(1, /*keepdim=*/true);
  const auto update = [&](Tensor& present, const Tensor& next) {
    present = torch::where(is_finite, next, present);
  };
  update(parameters.updates, parameters.updates + 1);
  update(parameters.exp_avg, kBeta1 * parameters.exp_avg + (1 - kBeta1) * gradient);
  update(parameters.exp_avg_square, kBeta2 * parameters.exp_avg_square + (1 - kBeta2) * gradient.square());
  const Tensor mean = parameters.exp_avg / (1 - torch::pow(kBeta1, parameters.updates));
  const Tensor mean_square = parameters.exp_avg_square / (1 - torch::pow(kBeta2, parameters.updates));
  update(parameters.values, parameters.values - learning_rate * mean / (mean_square.sqrt() + kEpsilon));
}

Tensor fit_posterior(const Vae& model, const Batch& batch, const Tensor& start, const FitConfig& config,
                     uint64_t seed) {
  Elbo elbo(ElboConfig{}, model.picture());
  PosteriorParameters parameters = PosteriorParameters::start(start);
  for (int64_t step = 0; step < config.steps; ++step) {
    Random random =
        noise_of_pictures(model, batch, Random(seed, "posterior fit", static_cast<uint64_t>(step)));
    const Tensor gradient = posterior_gradient({model, elbo, batch, random}, parameters.values);
    descend(parameters, gradient, config.rate(step));
  }
  return parameters.values;
}

Tensor ignorant_parameters(const Vae& model, const Batch& batch) {
  return torch::zeros({batch.size(), model.posterior().parameters_per_picture()}, batch.x.options());
}

}  // namespace vae
