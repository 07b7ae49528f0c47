// Example configs of every row of the tables, for tests that loop over them. A row without variants needs
// nothing here: its default is its example.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "distributions/likelihoods.h"
#include "distributions/posteriors.h"
#include "distributions/priors.h"
#include "model/networks.h"
#include "objectives/inferences.h"
#include "objectives/objectives.h"

namespace vae::test {

template <class Row>
std::vector<Row> examples(Tag<Row>) {
  return {Row{}};
}

/// The variances are far from those at which a wrong factor hides. `optimal` is no density of each picture by
/// itself while it trains, so that not every test can begin with it, or end.
inline std::vector<GaussianConfig> examples(Tag<GaussianConfig>) {
  return {{.variance = FixedVarianceConfig{.value = 0.04}},
          {.variance = LearnedVarianceConfig{.initial = 0.3}},
          {.variance = LearnedVarianceConfig{.constraint = Constraint::projected, .initial = 0.5}},
          {.variance = PerChannelVarianceConfig{.constraint = Constraint::softplus, .initial = 0.2}},
          {.variance = OptimalVarianceConfig{.initial = 0.06}},
          {.variance = PerPixelVarianceConfig{.constraint = Constraint::sigmoid, .initial = 0.2},
           .mean_constraint = Constraint::sigmoid},
          {.variance = PerPixelVarianceConfig{.floor = 1e-3, .initial = 0.2}}};
}

inline std::vector<LogitNormalConfig> examples(Tag<LogitNormalConfig>) {
  return {{}, {.variance = LearnedVarianceConfig{.initial = 2}, .alpha = 0.05}};
}

inline std::vector<TruncatedGaussianConfig> examples(Tag<TruncatedGaussianConfig>) {
  return {{.variance = FixedVarianceConfig{.value = 0.03}}, {}};
}

inline std::vector<CensoredGaussianConfig> examples(Tag<CensoredGaussianConfig>) {
  return {{.variance = PerChannelVarianceConfig{.initial = 0.3}}, {}};
}

inline std::vector<BetaConfig> examples(Tag<BetaConfig>) {
  return {
      {}, {.constraint = Constraint::exp, .floor = 0.1, .alpha = 0.02}, {.constraint = Constraint::sigmoid}};
}

inline std::vector<DiscretizedLogisticConfig> examples(Tag<DiscretizedLogisticConfig>) {
  return {{}, {.constraint = Constraint::softplus, .floor = 0.01, .initial = 0.3}};
}

inline std::vector<DiscretizedLogisticMixtureConfig> examples(Tag<DiscretizedLogisticMixtureConfig>) {
  return {{.components = 2}, {.components = 3, .initial = 0.2}};
}

inline std::vector<CategoricalConfig> examples(Tag<CategoricalConfig>) { return {{}, {.levels = 5}}; }

/// Without hidden layers, with fewer units than dimensions, and with several layers.
inline std::vector<IafConfig> examples(Tag<IafConfig>) {
  return {{.flows = 1, .hidden = {}, .context = 1},
          {.flows = 2, .hidden = {3}, .context = 2},
          {.flows = 3, .hidden = {9, 6}, .context = 3}};
}

inline std::vector<PlanarConfig> examples(Tag<PlanarConfig>) { return {{.flows = 1}, {.flows = 4}}; }

inline std::vector<CategoricalPosteriorConfig> examples(Tag<CategoricalPosteriorConfig>) {
  return {{.categories = 2, .temperature = 0.8},
          {.categories = 4, .relaxation = Relaxation::straight_through}};
}

inline std::vector<VampConfig> examples(Tag<VampConfig>) { return {{.components = 7, .spread = 2}}; }

/// Smooth activations, so that differences of second order see the gradient.
inline std::vector<MlpConfig> examples(Tag<MlpConfig>) {
  return {{.hidden = {}},
          {.hidden = {6}, .activation = Activation::silu},
          {.hidden = {7, 5}, .activation = Activation::tanh}};
}

inline std::vector<ConvConfig> examples(Tag<ConvConfig>) {
  return {{.channels = {3}, .activation = Activation::silu},
          {.channels = {3, 4}, .activation = Activation::tanh}};
}

inline std::vector<ResnetConfig> examples(Tag<ResnetConfig>) {
  return {{.channels = {4, 6}, .blocks = 1, .groups = 2, .attention = 8},
          {.channels = {2}, .blocks = 1, .groups = 1, .activation = Activation::tanh}};
}

inline std::vector<ElboConfig> examples(Tag<ElboConfig>) {
  return {{},
          {.samples = 3, .beta = 2.5},
          {.kl = KlEstimate::sampled},
          {.beta_warmup_steps = 10},
          {.free_bits = 0.7}};
}

inline std::vector<IwaeConfig> examples(Tag<IwaeConfig>) {
  return {{.importance_samples = 3}, {.importance_samples = 1}};
}

inline std::vector<RenyiConfig> examples(Tag<RenyiConfig>) {
  return {{.importance_samples = 3},
          {.importance_samples = 4, .alpha = -1},
          {.importance_samples = 3, .alpha = 2}};
}

inline std::vector<CiwaeConfig> examples(Tag<CiwaeConfig>) {
  return {{.importance_samples = 3, .samples = 2, .beta = 0.3}};
}

inline std::vector<MiwaeConfig> examples(Tag<MiwaeConfig>) {
  return {{.importance_samples = 3, .samples = 2}};
}

inline std::vector<BetaTcConfig> examples(Tag<BetaTcConfig>) {
  return {{}, {.alpha = 0.5, .beta = 3, .gamma = 2, .sampling = AggregateSampling::weighted}};
}

inline std::vector<InfoConfig> examples(Tag<InfoConfig>) {
  return {{.lambda = 5}, {.alpha = 0.5, .lambda = 3}};
}

inline std::vector<ReinforceConfig> examples(Tag<ReinforceConfig>) {
  return {{},
          {.baseline = MovingAverageBaselineConfig{}},
          {.baseline = LearnedBaselineConfig{.hidden = 4}},
          {.baseline = LeaveOneOutConfig{}}};
}

inline std::vector<SemiAmortizedConfig> examples(Tag<SemiAmortizedConfig>) {
  return {{.steps = 2}, {.steps = 2, .when = Refinement::evaluation}};
}

inline std::vector<PerObjectConfig> examples(Tag<PerObjectConfig>) {
  return {{.steps = 2, .fit = {.steps = 3}}, {.steps = 1, .table = TablePlace::cpu, .fit = {.steps = 3}}};
}

inline std::vector<EmConfig> examples(Tag<EmConfig>) {
  return {{.e_step = GradientEStepConfig{.steps = 2, .fit = {.steps = 3}},
           .m_step = GradientMStepConfig{.steps = 2}},
          {.e_step = ExactEStepConfig{}},
          {.e_step = ExactEStepConfig{}, .m_step = ClosedFormMStepConfig{}}};
}

/// Names a typed test's instances after the rows.
struct RowName {
  template <class Row>
  static std::string GetName(int) {
    return std::string(Row::kType);
  }
};

}  // namespace vae::test
