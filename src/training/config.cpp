#include "training/config.h"

#include <fmt/format.h>

#include "config/bind.h"
#include "core/error.h"
#include "core/one_line.h"
#include "training/state.h"

namespace vae {

namespace {

std::optional<std::string> check_name(const std::string& name) {
  const bool is_folder = !name.empty() && name.find('/') == std::string::npos && name[0] != '.';
  if (is_folder && name == on_one_line(name)) return std::nullopt;
  return "name: expected a plain folder name: not empty, no \"/\", no control characters, no \".\" in front";
}

std::optional<std::string> check_factors(const Config& config) {
  if (!config.objective.is<BetaTcConfig>()) return std::nullopt;
  if (config.model.posterior.is<DiagonalGaussianConfig>() && config.model.prior.is<StandardNormalConfig>()) {
    return std::nullopt;
  }
  return "objective.type: \"beta_tc\" takes the KL apart by dimension, which needs densities that factorise: "
         "set "
         "model.posterior to \"diagonal_gaussian\" and model.prior to \"standard_normal\"";
}

BaseMeasure base_measure(const LikelihoodConfig& likelihood) {
  return make_likelihood(likelihood, /*channels=*/1)->base_measure();
}

std::optional<std::string> check_support(const LikelihoodConfig& likelihood,
                                         const ObservationConfig& observation) {
  const auto refuse = [&](std::string_view reason, std::string_view remedy) {
    return fmt::format("model.likelihood.type: \"{}\" {}, but data.observation \"{}\" gives others; {}",
                       likelihood.type(), reason, observation.type(), remedy);
  };
  switch (base_measure(likelihood)) {
    case BaseMeasure::levels:
    case BaseMeasure::coarse_levels:
      if (observation.is<PlainObservation>()) return std::nullopt;
      return refuse("is a probability of the levels k / 255", "use \"none\" there, or another likelihood");
    case BaseMeasure::binary:
      if (!observation.is<Dequantize>()) return std::nullopt;
      return refuse("is a probability of the pixels 0 and 1",
                    "use \"binarize\" there, or another likelihood");
    case BaseMeasure::density:
    case BaseMeasure::mixed:
      return std::nullopt;
  }
  return std::nullopt;
}

/// What a closed-form M-step, once all pictures have been seen, leaves nothing to.
std::optional<std::string> check_closed_form(const Config& config) {
  const auto* em = config.inference.get_if<EmConfig>();
  if (!em || !em->m_step.is<ClosedFormMStepConfig>()) return std::nullopt;
  if (config.training.drop_last) {
    return "training.drop_last: inference.m_step \"closed_form\" needs every picture of an epoch; set it to "
           "false";
  }
  if (config.training.ema) {
    return "training.ema: inference.m_step \"closed_form\" finds the best weights, and no average of steps "
           "is better; "
           "set it to null";
  }
  return std::nullopt;
}

std::optional<std::string> check_objective(const Config& config) {
  return complaint_of(
      [&] { require_fit(config.objective, *make_posterior(config.model.posterior, config.model.latent)); });
}

}  // namespace

std::optional<std::string> check(const Config& config) {
  if (auto complaint = check_name(config.name)) return complaint;
  if (auto complaint = check_factors(config)) return complaint;
  if (auto complaint = check_objective(config)) return complaint;
  if (auto complaint = check_inference(config.inference, config.model)) return complaint;
  if (auto complaint = check_closed_form(config)) return complaint;
  return check_support(config.model.likelihood, config.data.observation);
}

std::optional<std::string> doubt_about(const Config& config) {
  const LikelihoodConfig& likelihood = config.model.likelihood;
  const ObservationConfig& observation = config.data.observation;
  const BaseMeasure measure = base_measure(likelihood);
  if (measure == BaseMeasure::binary && observation.is<PlainObservation>()) {
    return fmt::format(
        "model.likelihood \"{}\" of grey pixels: the number is no log-likelihood; set data.observation to "
        "\"binarize\" for one",
        likelihood.type());
  }
  if (measure == BaseMeasure::density && !observation.is<Dequantize>()) {
    return fmt::format(
        "model.likelihood \"{}\" is a density, and pixels of data.observation \"{}\" take a few values only, "
        "where a density can grow without bound; set data.observation to \"dequantize\" for numbers that "
        "compare",
        likelihood.type(), observation.type());
  }
  return std::nullopt;
}

template Config parse<Config>(const std::string&, const std::string&, std::span<const std::string>);
template Config parse_file<Config>(const std::filesystem::path&, std::span<const std::string>);
template std::string dump<Config>(const Config&);
template std::string schema<Config>(std::string_view);
template std::vector<std::string> differences<Config>(const Config&, const Config&);

template TrainingState parse<TrainingState>(const std::string&, const std::string&,
                                            std::span<const std::string>);
template std::string dump<TrainingState>(const TrainingState&);

template PictureDescription parse<PictureDescription>(const std::string&, const std::string&,
                                                      std::span<const std::string>);
template std::string dump<PictureDescription>(const PictureDescription&);

}  // namespace vae
