#include "objectives/em.h"

#include "objectives/log_weights.h"

namespace vae {
namespace {

PerObjectConfig per_object(const GradientEStepConfig& config) {
  return {
      .steps = config.steps, .learning_rate = config.learning_rate, .table = config.table, .fit = config.fit};
}

}  // namespace

std::optional<std::string> check(const EmConfig& config) {
  if (config.m_step.is<GradientMStepConfig>() || config.e_step.is<ExactEStepConfig>()) return std::nullopt;
  return "m_step: \"closed_form\" takes the moments of the exact posterior; set e_step to \"exact\"";
}

Em::Em(const EmConfig& config, const InferenceSetting& setting) : config_(config), model_(setting.model) {
  if (const auto* gradient = config_.e_step.get_if<GradientEStepConfig>()) {
    gradient_ = register_module("e_step", std::make_shared<PerObject>(per_object(*gradient), setting));
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
  return gradient_ ? gradient_->e_step(at) : EStep{.posterior = infer(at.model, at.batch, /*seed=*/0)};
}

void Em::follow(const Batch& batch) {
  if (gradient_) gradient_->follow(batch);
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
  if (gradient_) return gradient_->infer(model, batch, seed);
  return model.posterior().at(LinearGaussian(model, model_).posterior_parameters(batch.x));
}

std::shared_ptr<Inference> make_inference(const EmConfig& config, const InferenceSetting& setting) {
  return std::make_shared<Em>(config, setting);
}

}  // namespace vae
