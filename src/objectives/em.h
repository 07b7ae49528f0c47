// Expectation maximisation, exact or by gradient steps.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/fields.h"
#include "config/one_of.h"
#include "model/linear_gaussian.h"
#include "objectives/per_object.h"

namespace vae {

struct ExactEStepConfig {
  static constexpr std::string_view kType = "exact";
  static constexpr std::string_view kHelp = "q(z | x) = p(z | x), where the model is linear and Gaussian.";
  bool operator==(const ExactEStepConfig&) const = default;
};

inline constexpr auto fields(Tag<ExactEStepConfig>) { return std::tuple{}; }

struct GradientEStepConfig {
  static constexpr std::string_view kType = "gradient";
  static constexpr std::string_view kHelp = "Gradient steps on parameters of q(z | x) of each picture.";
  int64_t steps = 20;
  double learning_rate = 0.1;
  TablePlace table = TablePlace::device;
  FitConfig fit = {};
  bool operator==(const GradientEStepConfig&) const = default;
};

inline constexpr auto fields(Tag<GradientEStepConfig>) {
  return std::tuple{
      field("steps", &GradientEStepConfig::steps, closed(1, 1'000'000),
            "How many for a batch's pictures; 1 takes single steps of q and of the weights in turn."),
      field("learning_rate", &GradientEStepConfig::learning_rate, positive, "Of those steps, by Adam."),
      field("table", &GradientEStepConfig::table,
            "Where the parameters lie: on the \"device\" that trains, or in the memory of the \"cpu\"."),
      field("fit", &GradientEStepConfig::fit, "How q of pictures outside training is found."),
  };
}

struct ClosedFormMStepConfig {
  static constexpr std::string_view kType = "closed_form";
  static constexpr std::string_view kHelp =
      "The best weights at that q, once an epoch, where the model is linear and Gaussian.";
  bool operator==(const ClosedFormMStepConfig&) const = default;
};

inline constexpr auto fields(Tag<ClosedFormMStepConfig>) { return std::tuple{}; }

struct GradientMStepConfig {
  static constexpr std::string_view kType = "gradient";
  static constexpr std::string_view kHelp = "Steps of training.optimizer on the weights.";
  int64_t steps = 1;
  bool operator==(const GradientMStepConfig&) const = default;
};

inline constexpr auto fields(Tag<GradientMStepConfig>) {
  return std::tuple{
      field("steps", &GradientMStepConfig::steps, closed(1, 1'000'000), "How many after each E-step.")};
}

using EStepConfig = OneOf<GradientEStepConfig, ExactEStepConfig>;
using MStepConfig = OneOf<GradientMStepConfig, ClosedFormMStepConfig>;

struct EmConfig {
  static constexpr std::string_view kType = "em";
  static constexpr std::string_view kHelp =
      "Expectation maximisation: q(z | x) of each picture at fixed weights, then the weights at fixed q.";
  EStepConfig e_step = {};
  MStepConfig m_step = {};
  bool operator==(const EmConfig&) const = default;
};

inline constexpr auto fields(Tag<EmConfig>) {
  return std::tuple{
      field("e_step", &EmConfig::e_step, "How q(z | x) is found."),
      field("m_step", &EmConfig::m_step, "How the weights are."),
  };
}

std::optional<std::string> check(const EmConfig& config);

/// Dempster, Laird and Rubin 1977, as coordinate ascent on the ELBO (Neal and Hinton 1998). An exact E-step
/// makes the bound log p(x), and with the M-step in closed form it never decreases: EM for probabilistic PCA
/// (Tipping and Bishop 1999, section 3.3), one iteration an epoch, whatever the size of the batches.
class Em : public Inference {
 public:
  Em(const EmConfig& config, const InferenceSetting& setting);

  EStep e_step(const StepContext& at) override;
  void follow(const Batch& batch) override;
  int64_t gradient_steps() const override;
  std::optional<Terms> m_step(const StepContext& at, const Posterior& posterior) override;
  std::unique_ptr<Posterior> infer(const Vae& model, const Batch& batch, uint64_t seed) const override;
  bool knows_pictures() const override { return gradient_ != nullptr; }
  const DividedRows* rows() const override { return gradient_ ? gradient_->rows() : nullptr; }

 private:
  void collect(const LinearGaussianMoments& batch);

  EmConfig config_;
  ModelConfig model_;
  std::shared_ptr<PerObject> gradient_;  // the E-step by gradient; null where it is exact
  LinearGaussianMoments sums_;           // of the epoch so far, for the closed form
};

std::shared_ptr<Inference> make_inference(const EmConfig& config, const InferenceSetting& setting);

}  // namespace vae
