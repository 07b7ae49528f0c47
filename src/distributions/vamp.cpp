#include "distributions/vamp.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/noise.h"
#include "distributions/mixture_weights.h"
#include "distributions/posterior.h"

namespace vae {
namespace {

// Mean pixels nearer to 0 or 1 than this start there: beyond, the sigmoid has hardly a slope.
constexpr double kEdge = 1e-2;

// Numbers z_j - m_kj that are held at once where no gradient needs them all: 64 MiB in float32.
constexpr int64_t kMostDifferences = int64_t{1} << 24;

}  // namespace

Vamp::Vamp(const VampConfig& config, const PriorSetting& setting)
    : logits(register_parameter("logits", torch::zeros({config.components, setting.picture.channels,
                                                        setting.picture.height, setting.picture.width}))),
      picture_(setting.picture),
      classes_(setting.classes),
      encoder_classes_(setting.encoder_classes),
      spread_(config.spread),
      noise_(0, "vamp") {
  initialize(noise_);
}

void Vamp::initialize(Random random) {
  noise_ = random;
  start_at_mean(torch::full({picture_.channels, picture_.height, picture_.width}, 0.5));
}

void Vamp::use_encoder(Encode encode) { encode_ = std::move(encode); }

void Vamp::start_at_mean(const Tensor& mean) {
  const torch::NoGradGuard no_grad;
  Random random = noise_;
  logits.copy_(torch::logit(mean.to(logits.options()), kEdge) +
               spread_ * normal(random, logits.sizes(), logits.options()));
}

Tensor Vamp::weights(const Tensor& labels) const {
  return log_weights(torch::zeros({logits.size(0)}, logits.options()), classes_, labels);
}

Tensor Vamp::component_classes() const {
  return class_of_component(logits.size(0), encoder_classes_, logits.options());
}

Tensor Vamp::component_log_prob(const Tensor& z) const {
  const std::unique_ptr<Posterior> components = encode_(pseudo_inputs(), component_classes());
  const int64_t rows = std::max<int64_t>(1, kMostDifferences / (logits.size(0) * z.size(-1)));
  std::vector<Tensor> parts;
  for (const Tensor& part : z.reshape({-1, 1, z.size(-1)}).split(rows)) {
    parts.push_back(components->log_prob(part.expand({-1, logits.size(0), -1})));
  }
  std::vector<int64_t> shape(z.sizes().begin(), z.sizes().end() - 1);
  shape.push_back(logits.size(0));
  return torch::cat(parts).view(shape);
}

Tensor Vamp::log_prob(const Tensor& z, const Tensor& labels) const {
  return torch::logsumexp(weights(labels) + component_log_prob(z), -1);
}

Tensor Vamp::sample(int64_t count, const Tensor& labels, Random& random,
                    const torch::TensorOptions& options) const {
  const Tensor component = draw_component(weights(labels), count, random);
  const Tensor of_classes = component_classes();
  const auto posterior = encode_(pseudo_inputs().index_select(0, component),
                                 of_classes.defined() ? of_classes.index_select(0, component) : Tensor());
  return posterior->sample(1, 1, random).z[0][0].to(options);
}

void require_fit(const VampConfig& config, const PriorSetting& setting) {
  require_real(setting, VampConfig::kType);
  require_component_per_class(config.components, setting, VampConfig::kType);
  if (setting.scores_given_latents) return;
  throw UsageError(
      "model.prior.type: \"{}\" takes the posteriors' densities at any z, but model.posterior knows its own "
      "at "
      "its own draws only; use another prior, or \"diagonal_gaussian\"",
      VampConfig::kType);
}

std::shared_ptr<Prior> make_prior(const VampConfig& config, const PriorSetting& setting) {
  return std::make_shared<Vamp>(config, setting);
}

}  // namespace vae
