// q(z | x) from the encoder, then refined for each picture.
#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "config/fields.h"
#include "objectives/posterior_ascent.h"

namespace vae {

enum class Refinement { always, evaluation };

inline constexpr auto names(Tag<Refinement>) {
  using Name = std::pair<std::string_view, Refinement>;
  return std::array{Name{"always", Refinement::always}, Name{"evaluation", Refinement::evaluation}};
}

struct SemiAmortizedConfig {
  static constexpr std::string_view kType = "semi_amortized";
  static constexpr std::string_view kHelp =
      "The encoder's q(z | x), improved by gradient steps for each picture by itself.";
  int64_t steps = 10;
  double learning_rate = 0.05;
  Refinement when = Refinement::always;
  bool operator==(const SemiAmortizedConfig&) const = default;
};

inline constexpr auto fields(Tag<SemiAmortizedConfig>) {
  return std::tuple{
      field("steps", &SemiAmortizedConfig::steps, closed(1, 1'000'000), "Gradient steps for each picture."),
      field("learning_rate", &SemiAmortizedConfig::learning_rate, positive,
            "Size of the first one; it falls linearly to zero."),
      field("when", &SemiAmortizedConfig::when,
            "\"always\", or in \"evaluation\" only, of a model trained as an amortized one."),
  };
}

/// lambda_0 = encoder(x), lambda_T after T gradient steps on the bound. Theta is trained at lambda_T, the
/// encoder at lambda_0 with the gradient of the first of those steps, which costs nothing more (Krishnan,
/// Liang and Hoffman 2018, "On the challenges of learning with inference networks on sparse, high-dimensional
/// data"). Kim et al. 2018 differentiate through the steps instead.
class SemiAmortized : public Inference {
 public:
  explicit SemiAmortized(const SemiAmortizedConfig& config) : config_(config) {}

  EStep e_step(const StepContext& at) override;
  std::unique_ptr<Posterior> infer(const Vae& model, const Batch& batch, uint64_t seed) const override;

 private:
  FitConfig fit() const { return {.steps = config_.steps, .learning_rate = config_.learning_rate}; }

  SemiAmortizedConfig config_;
};

inline std::shared_ptr<Inference> make_inference(const SemiAmortizedConfig& config, const InferenceSetting&) {
  return std::make_shared<SemiAmortized>(config);
}

}  // namespace vae
