#include "objectives/divisible.h"

#include <fmt/format.h>

namespace vae {
namespace {

std::optional<std::string> check_divisible(const EstimatorConfig& estimator) {
  const auto* reinforce = estimator.get_if<ReinforceConfig>();
  if (reinforce == nullptr || !reinforce->baseline.is<MovingAverageBaselineConfig>()) return std::nullopt;
  return "objective.estimator.baseline: \"moving_average\" follows the values of the pictures that a process "
         "sees; use \"learned\", \"leave_one_out\" or \"none\"";
}

std::optional<std::string> check_divisible(const ElboConfig& config) {
  if (config.free_bits == 0) return check_divisible(config.estimator);
  return "objective.free_bits: looks at the KL of a dimension in the mean over the whole batch; give 0";
}

// Bounds of one picture each.
std::optional<std::string> check_divisible(const IwaeConfig& config) {
  return check_divisible(config.estimator);
}
std::optional<std::string> check_divisible(const MiwaeConfig& config) {
  return check_divisible(config.estimator);
}
std::optional<std::string> check_divisible(const CiwaeConfig& config) {
  return check_divisible(config.estimator);
}
std::optional<std::string> check_divisible(const RenyiConfig& config) {
  return check_divisible(config.estimator);
}

std::string needs_whole_batch(std::string_view type) {
  return fmt::format(
      "objective.type: \"{}\" estimates the density of z over the pictures of a whole batch; use another",
      type);
}
std::optional<std::string> check_divisible(const BetaTcConfig&) {
  return needs_whole_batch(BetaTcConfig::kType);
}
std::optional<std::string> check_divisible(const InfoConfig&) { return needs_whole_batch(InfoConfig::kType); }

std::optional<std::string> check_divisible(const AmortizedConfig&) { return std::nullopt; }
std::optional<std::string> check_divisible(const SemiAmortizedConfig&) { return std::nullopt; }

std::optional<std::string> check_divisible(const PerObjectConfig&) { return std::nullopt; }
std::optional<std::string> check_divisible(const EmConfig& config) {
  if (!config.m_step.is<ClosedFormMStepConfig>()) return std::nullopt;
  return "inference.m_step: \"closed_form\" needs the moments of all pictures, of which a process sees a "
         "part; "
         "use \"gradient\"";
}

template <class Row>
std::optional<std::string> check_variance(const Row& likelihood) {
  if constexpr (requires { likelihood.variance; }) {
    if (likelihood.variance.template is<OptimalVarianceConfig>()) {
      return "model.likelihood.variance: \"optimal\" is the mean square over a whole batch; use \"learned\"";
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> indivisible(const LikelihoodConfig& likelihood) {
  return likelihood.visit([](const auto& row) { return check_variance(row); });
}

std::optional<std::string> indivisible(const ObjectiveConfig& objective) {
  return objective.visit([](const auto& row) { return check_divisible(row); });
}

std::optional<std::string> indivisible(const InferenceConfig& inference) {
  return inference.visit([](const auto& row) { return check_divisible(row); });
}

}  // namespace vae
