#include "objectives/em.h"

#include "objectives/log_weights.h"

namespace vae {
namespace {

void ascend(PosteriorParameters& rows, const GradientEStepConfig& config, const StepContext& at) {
  for (int64_t i = 0; i < config.steps; ++i) {
    descend(rows, posterior_gradient(at, rows.values), config.learning_rate);
  }
}

}  // namespace

std::optional<std::string> check(const EmConfig& config) {
  if (config.m_step.is<GradientMStepConfig>() || config.e_step.is<ExactEStepConfig>()) return std::nullopt;
  return "m_step: \"closed_form\" takes the moments of the exact posterior; set e_step to \"exact\"";
}

Em::Em(const EmConfig& config, const InferenceSetting& setting) : config_(config), model_(setting.model) {
  if (const auto* gradient = config_.e_step.get_if<GradientEStepConfig>()) {
    table_ = register_module("table", std::make_shared<PosteriorTable>(setting, gradient->table));
  }
  if (config_.m_step.is<ClosedFormMStepConfig>()) {
    const auto options = setting.options.dtype(torch::kDouble);
    const int64_t unknowns = setting.model.latent + 1;
    const auto zeros = [&](const char* name, torch::IntArrayRef shape) {
      return register_buffer(name, torch::zeros(shape, options));
    };
    sums_ = {.pictures = zeros("pictures", {}),
             .square = zeros("square", {}),
             .cross = zeros("cross", {setting.elements, unknowns}),
             .second = zeros("second", {unknowns, unknowns})};
  }
}

int64_t Em::gradient_steps() const {
  const auto* gradient = config_.m_step.get_if<GradientMStepConfig>();
  return gradient ? gradient->steps : 0;
}

EStep Em::e_step(const StepContext& at) {
  const PosteriorFamily& family = at.model.posterior();
  const auto* gradient = config_.e_step.get_if<GradientEStepConfig>();
  if (!gradient) return {.posterior = infer(at.model, at.batch, /*seed=*/0)};
  PosteriorParameters rows = table_->take(at.batch.indices);
  ascend(rows, *gradient, at);
  table_->put(at.batch.indices, rows);
  return {.posterior = family.at(rows.values)};
}

void Em::collect(const LinearGaussianMoments& batch) {
  sums_.pictures += batch.pictures;
  sums_.square += batch.square;
  sums_.cross += batch.cross;
  sums_.second += batch.second;
}

// At the exact posterior log p(x, z) - log q(z | x) is log p(x) whatever z is: one draw tells it.
std::optional<Terms> Em::m_step(const StepContext& at, const Posterior& posterior) {
  if (!config_.m_step.is<ClosedFormMStepConfig>()) return std::nullopt;
  const torch::NoGradGuard no_grad;
  const LogWeights weights = log_weights(at.model, at.batch, posterior.sample(1, 1, at.random));
  const Tensor bound = weights.total().mean(), reconstruction = weights.likelihood.mean();

  LinearGaussian model(at.model, model_);
  collect(model.moments(at.batch.x));
  if (sums_.pictures.item<double>() >= static_cast<double>(at.batch.population)) {
    model.maximise(sums_);
    for (Tensor& sum : buffers()) sum.zero_();
  }
  return Terms{
      .surrogate = {}, .objective = bound, .reconstruction = reconstruction, .kl = reconstruction - bound};
}

std::unique_ptr<Posterior> Em::infer(const Vae& model, const Batch& batch, uint64_t seed) const {
  const auto* gradient = config_.e_step.get_if<GradientEStepConfig>();
  const Tensor parameters =
      gradient ? fit_posterior(model, batch, ignorant_parameters(model, batch), gradient->fit, seed)
               : LinearGaussian(model, model_).posterior_parameters(batch.x);
  return model.posterior().at(parameters);
}

std::shared_ptr<Inference> make_inference(const EmConfig& config, const InferenceSetting& setting) {
  return std::make_shared<Em>(config, setting);
}

}  // namespace vae
