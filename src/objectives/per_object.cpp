#include "objectives/per_object.h"

namespace vae {

PerObject::PerObject(const PerObjectConfig& config, const InferenceSetting& setting)
    : config_(config),
      table_(register_module("table", std::make_shared<PosteriorTable>(setting, config.table))) {}

EStep PerObject::e_step(const StepContext& at) {
  PosteriorParameters rows = table_->take(at.batch);
  for (int64_t i = 0; i < config_.steps; ++i) {
    descend(rows, posterior_gradient(at, rows.values), config_.learning_rate);
  }
  table_->put(at.batch, rows);
  return {.posterior = at.model.posterior().at(rows.values)};
}

// The rows that others have the pictures of.
void PerObject::follow(const Batch& batch) { table_->put(batch, table_->take(batch)); }

std::unique_ptr<Posterior> PerObject::infer(const Vae& model, const Batch& batch, uint64_t seed) const {
  const Tensor start = ignorant_parameters(model, batch);
  return model.posterior().at(fit_posterior(model, batch, start, config_.fit, seed));
}

std::shared_ptr<Inference> make_inference(const PerObjectConfig& config, const InferenceSetting& setting) {
  return std::make_shared<PerObject>(config, setting);
}

}  // namespace vae
