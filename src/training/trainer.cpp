#include "training/trainer.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

#include "core/out_of_memory.h"
#include "kernels/fused.h"
#include "training/autocast.h"

namespace vae {
namespace {

std::shared_ptr<Vae> make_model(const Config& config, const TrainingPictures& pictures,
                                torch::Device device) {
  auto model = std::make_shared<Vae>(config.model, pictures.shape, config.seed, pictures.classes);
  model->to(device, weight_type(config.precision));
  return model;
}

std::shared_ptr<Objective> make_trained_objective(const Config& config, const PictureShape& picture,
                                                  torch::Device device) {
  std::shared_ptr<Objective> objective = make_objective(config.objective, picture);
  objective->initialize(Random(config.seed, "initialize/objective"));
  objective->to(device, weight_type(config.precision));
  return objective;
}

// The model's under their names, what the objective learns along behind "objective.".
NamedParameters all_parameters(const Vae& model, const Objective& objective) {
  NamedParameters all = model.named_parameters();
  for (const auto& item : objective.named_parameters()) all.insert("objective." + item.key(), item.value());
  return all;
}

// 1 where the norm is infinite or not a number, else 0: a float scalar, as the fused optimizers want it.
Tensor not_finite(const Tensor& norm) {
  if (can_fuse(norm)) return torch::scalar_tensor(std::isfinite(norm.item<double>()) ? 0.0F : 1.0F);
  return torch::isfinite(norm).logical_not().to(torch::kFloat);
}

}  // namespace

Trainer::Trainer(const Config& config, const TrainingPictures& pictures, torch::Device device,
                 int64_t total_steps, std::shared_ptr<const Group> group)
    : config_(config),
      total_steps_(total_steps),
      batch_size_(std::min(config.training.batch_size, pictures.count)),
      latent_(config.seed, "latent"),
      model_(make_model(config, pictures, device)),
      objective_(make_trained_objective(config, pictures.shape, device)),
      inference_(make_inference(config.inference, config.model, *model_, pictures.count, group)),
      parameters_(all_parameters(*model_, *objective_), StepExchange::kTail),
      exchange_(std::move(group), parameters_, config.training.wire_precision),
      optimizer_(make_optimizer(config.training.optimizer, parameters_.values())),
      sums_(device),
      has_buffers_(!model_->buffers().empty() || !objective_->buffers().empty()),
      taped_(parameters_, latent_) {
  if (config.training.ema) average_.emplace(*config.training.ema, parameters_.values());
  if (config.training.profile) profile_.measure();
  if (!device.is_cpu()) record_by(make_recorder(device));
}

double Trainer::rate_factor() const {
  return slowdown_ * learning_rate_factor(config_.training.schedule, steps_, total_steps_);
}

double Trainer::learning_rate() const { return optimizer_->learning_rate() * rate_factor(); }

void Trainer::step(const Batch& batch) {
  step_on({.tensors = {batch.x, batch.labels},
           .make = [&] { return batch; },
           .make_in_place =
               [&](const StepInputs& inputs) {
                 return Batch{
                     .x = inputs.of_batch[0], .labels = inputs.of_batch[1], .population = batch.population};
               }});
}

void Trainer::step(TrainingBatches& batches, const TrainingBatches::Plan& plan) {
  const auto make = [&] { return profile_.time(Phase::data, [&] { return batches.make(plan); }); };
  if (!batches.can_be_made_in_place()) return step(make());
  step_on({.tensors = {plan.numbers},
           .index = plan.index,
           .make = make,
           .make_in_place = [&](const StepInputs& inputs) {
             return batches.make_in_place(inputs.of_batch[0], inputs.batch_index);
           }});
}

// A graph has memory of its own, which a step beside it may lack.
void Trainer::step_on(const Ingredients& batch) {
  try {
    learn(batch);
  } catch (const std::exception& error) {
    if (!graphed_ || !graphed_->obstacle().empty() || !is_out_of_memory(error)) throw;
    graphed_->give_up("there is not enough memory for it");
    learn(batch);
  }
  ++steps_;
}

void Trainer::learn(const Ingredients& batch) {
  if (can_be_graphed(batch)) {
    learn_by_graph(batch);
  } else {
    learn_as_it_is(batch.make());
  }
}

void Trainer::learn_as_it_is(const Batch& batch) {
  if (can_be_taped(batch)) {
    learn_by_tape(batch);
  } else if (batch.size() > 0) {
    learn_from(batch);
  } else {
    follow(batch);
  }
}

void Trainer::follow(const Batch& batch) {
  inference_->follow(batch);
  const Tensor none = torch::zeros({}, parameters_.values().options());
  for (int64_t i = 0; i < inference_->gradient_steps(); ++i) {
    const Terms terms = {.surrogate = none, .objective = none, .reconstruction = none, .kl = none};
    parameters_.clear_gradients();
    exchange_.begin(terms, /*share=*/0);
    update(terms);
  }
}

EStep Trainer::e_step(const StepContext& at) {
  const Autocast autocast(at.batch.x.device(), config_.precision == Precision::bfloat16);
  return inference_->e_step(at);
}

Terms Trainer::evaluate(const Posterior& posterior, const StepContext& at) {
  const Autocast autocast(at.batch.x.device(), config_.precision == Precision::bfloat16);
  return objective_->evaluate(*model_, posterior, at.batch, at.random, at.step);
}

Terms Trainer::forward(const Batch& batch, Random& noise, const Tensor& kl_weight) {
  const StepContext at = {.model = *model_,
                          .objective = *objective_,
                          .batch = batch,
                          .random = noise,
                          .step = {.number = steps_, .kl_weight = kl_weight}};
  return evaluate(*e_step(at).posterior, at);
}

bool Trainer::is_one_function() const {
  return objective_->is_one_function() && inference_->is_one_pass() && !exchange_.is_shared();
}

// Buffers may be changed by a forward pass, as those of "optimal" variances are: computing a step twice to
// compare would change them twice.
bool Trainer::can_be_taped(const Batch& batch) const {
  return is_one_function() && !has_buffers_ && parameters_.takes_gradients_over() && batch.size() > 0 &&
         taped_.fits(batch);
}

void Trainer::learn_by_tape(const Batch& batch) {
  const TapedStep::Numbers numbers = {.step = static_cast<uint64_t>(steps_),
                                      .kl_weight = objective_->kl_weight(steps_)};
  const auto compute = [this](const Batch& given, Random& noise, const Tensor& kl_weight) {
    return forward(given, noise, kl_weight);
  };
  const Terms terms = taped_.run(batch, numbers, compute, profile_);
  profile_.time(Phase::optimizer, [&] { update(terms); });
}

std::string Trainer::obstacle_to_graphs() const {
  if (exchange_.is_shared()) return "several processes exchange their gradients";
  if (!inference_->is_one_pass()) return "inference takes more than one pass";
  if (!objective_->is_one_function()) return "what the objective computes may differ from step to step";
  return {};
}

void Trainer::record_by(std::unique_ptr<Recorder> recorder) {
  const std::string obstacle =
      recorder ? obstacle_to_graphs() : "this program was configured without VAE_CUDA";
  if (!obstacle.empty()) return spdlog::info("steps are not replayed as a graph: {}", obstacle);
  std::vector<Tensor> state;
  for (const NamedTensor& item : everything()) state.push_back(item.tensor);
  graphed_.emplace(std::move(recorder), latent_, batch_size_, std::move(state));
}

bool Trainer::can_be_graphed(const Ingredients& batch) const {
  return graphed_ && !profile_.is_on() && graphed_->fits(batch.tensors);
}

void Trainer::learn_by_graph(const Ingredients& batch) {
  const GraphedStep::Numbers numbers = {.index = steps_,
                                        .batch_index = batch.index,
                                        .learning_rate = learning_rate(),
                                        .average_pull = average_ ? average_->pull(steps_) : 0,
                                        .kl_weight = objective_->kl_weight(steps_)};
  const auto recorded = [&](const StepInputs& inputs) {
    Random noise = inputs.noise;
    const Terms terms = forward(batch.make_in_place(inputs), noise, inputs.kl_weight);
    parameters_.clear_gradients();
    terms.surrogate.backward();
    update(terms, {inputs.learning_rate, inputs.average_pull});
  };
  graphed_->run(batch.tensors, numbers, recorded, [&] { learn_from(batch.make()); });
}

void Trainer::learn_from(const Batch& batch) {
  Random noise = latent_.at(static_cast<uint64_t>(steps_)).between(batch.others);
  const StepContext context = {.model = *model_,
                               .objective = *objective_,
                               .batch = batch,
                               .random = noise,
                               .step = {.number = steps_}};
  const EStep q = profile_.time(Phase::forward, [&] { return e_step(context); });
  if (const std::optional<Terms> terms = inference_->m_step(context, *q.posterior)) {
    const Tensor none = torch::zeros({}, terms->objective.options());
    sums_.add(*terms, /*gradient_norm=*/none, /*non_finite=*/none);
  }
  for (int64_t i = 0; i < inference_->gradient_steps(); ++i) descend(q, context);
}

void Trainer::descend(const EStep& q, const StepContext& at) {
  const Terms terms = profile_.time(Phase::forward, [&] { return evaluate(*q.posterior, at); });
  const double share = static_cast<double>(at.batch.size()) / static_cast<double>(at.batch.whole_size());
  profile_.time(Phase::backward, [&] {
    parameters_.clear_gradients();
    if (exchange_.is_shared()) exchange_.begin(terms, share);
    const Tensor surrogate = q.surrogate.defined() ? terms.surrogate + q.surrogate : terms.surrogate;
    (share == 1 ? surrogate : share * surrogate).backward();
  });
  profile_.time(Phase::optimizer, [&] { update(terms); });
}

void Trainer::update(const Terms& own, const Scalars& scalars) {
  const torch::NoGradGuard no_grad;
  const bool is_shared = exchange_.is_shared();
  const Terms terms = is_shared ? exchange_.finish() : own;
  const Tensor norm = is_shared ? parameters_.find_collected_gradients() : parameters_.find_gradients();
  Optimizer::Descent descent = {
      .rate_factor = rate_factor(), .rate = scalars.learning_rate, .non_finite = not_finite(norm)};
  if (config_.training.clip_norm) descent.scale = (*config_.training.clip_norm / norm).clamp_max(1);
  optimizer_->step(parameters_.values(), parameters_.found_gradients(), descent);
  model_->project();
  if (average_) pull_average(scalars.average_pull, descent.non_finite);
  sums_.add(terms, norm, descent.non_finite);
}

void Trainer::pull_average(const Tensor& pull, const Tensor& non_finite) {
  if (pull.defined()) return average_->update(parameters_.values(), pull, non_finite);
  average_->update(parameters_.values(), average_->pull(steps_), non_finite);
}

SwappedValues Trainer::averaged_weights() {
  return {parameters_.values(), average_ ? average_->values() : parameters_.values()};
}

std::vector<Trainer::NamedTensor> Trainer::everything() const {
  std::vector<NamedTensor> result;
  const auto add = [&](const std::string& prefix, const Tensor& buffer, const std::string& suffix) {
    for (const auto& [name, view] : parameters_.views(buffer))
      result.push_back({prefix + name + suffix, view});
  };
  add("", parameters_.values(), "");
  const auto add_buffers = [&](const std::string& prefix, const torch::nn::Module& module) {
    for (const auto& buffer : module.named_buffers())
      result.push_back({prefix + buffer.key(), buffer.value()});
  };
  add_buffers("", *model_);
  add_buffers("objective.", *objective_);
  for (const auto& buffer : inference_->named_buffers())
    result.push_back({"inference." + buffer.key(), buffer.value(), inference_->rows()});
  if (average_) add("ema.", average_->values(), "");
  const Optimizer::State optimizer = optimizer_->state();
  for (const auto& [name, buffer] : optimizer.buffers) add("optimizer.", buffer, "." + name);
  if (optimizer.updates.defined()) result.push_back({"optimizer.updates", optimizer.updates});
  result.push_back({"training.sums", sums_.state()});
  return result;
}

std::map<std::string, Tensor> Trainer::tensors() const {
  std::map<std::string, Tensor> result;
  for (const auto& [name, tensor, rows] : everything())
    result.emplace(name, rows ? rows->gather(tensor) : tensor);
  return result;
}

void Trainer::restore(const Checkpoint& checkpoint) {
  for (const auto& [name, tensor, rows] : everything()) {
    if (rows) {
      checkpoint.copy_rows_to(name, tensor, rows->first(), rows->count());
    } else {
      checkpoint.copy_to(name, tensor);
    }
  }
  steps_ = checkpoint.state.step;
}

}  // namespace vae
