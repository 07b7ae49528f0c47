#include "export/likelihood_mean.h"

#include <cmath>
#include <numbers>
#include <string_view>

#include "core/error.h"
#include "distributions/logistic_levels.h"
#include "distributions/quadrature.h"

// The table: a row of LikelihoodConfig has a graph where it has a likelihood_mean here. The formulas are
// those of its `mean`, where the reasons stand. Not here: "truncated_gaussian", whose mean takes the scaled
// complementary error function, and ONNX has none.

namespace vae {
namespace {

constexpr int64_t kChannels = 1;  // the dimension, of [N, channels, H, W]
constexpr int64_t kNodes = 2;     // that of nodes which a mean is a sum over, of [N, channels, nodes, H, W]

Value constrain(const Value& raw, Constraint constraint, double floor) {
  switch (constraint) {
    case Constraint::exp:
      return exp(minimum(raw, 30)) + floor;
    case Constraint::softplus:
      return softplus(raw) + floor;
    case Constraint::sigmoid:
      return sigmoid(raw) + floor;
    case Constraint::projected:
      return raw;
  }
  return raw;
}

/// Channels `index` * count to (`index` + 1) * count.
Value channel_set(const Value& parameters, int64_t index, int64_t count) {
  return slice(parameters, kChannels, index * count, (index + 1) * count);
}

Value stretch(const Value& shrunk, double alpha) { return (shrunk - alpha) / (1 - 2 * alpha); }

// Variances of pixels; their parameters are those of the module distributions/variance.h makes.

Value variance(const FixedVarianceConfig& config, const Value& parameters, int64_t) {
  return parameters.builder->constant(config.value);
}

Value variance(const LearnedVarianceConfig& config, const Value& parameters, int64_t) {
  return constrain(parameters.builder->weight("likelihood.variance.raw"), config.constraint, config.floor);
}

Value variance(const PerChannelVarianceConfig& config, const Value& parameters, int64_t) {
  return constrain(parameters.builder->weight("likelihood.variance.raw"), config.constraint, config.floor);
}

Value variance(const PerPixelVarianceConfig& config, const Value& parameters, int64_t channels) {
  return constrain(channel_set(parameters, 1, channels), config.constraint, config.floor);
}

/// The Gaussian of each pixel: both [N, channels, H, W].
struct Moments {
  Value mean;
  Value deviation;
};

/// Of a likelihood that a variance "optimal" is refused for.
Moments moments(const VarianceConfig& config, const Value& parameters, int64_t channels) {
  const Value mean = channel_set(parameters, 0, channels);
  return config.visit([&]<class Row>(const Row& row) -> Moments {
    if constexpr (requires { variance(row, parameters, channels); }) {
      return {mean, expand_as(sqrt(variance(row, parameters, channels)), mean)};
    } else {
      throw UsageError("model.likelihood.variance.type: \"{}\" can't be exported", Row::kType);
    }
  });
}

/// Numbers along the dimension of nodes.
Value nodes(const Value& beside, const std::string& name, const std::vector<double>& numbers) {
  return beside.builder->constant(
      name, torch::tensor(numbers, torch::kDouble).view({static_cast<int64_t>(numbers.size()), 1, 1}));
}

struct Nodes {
  Value at;
  Value weights;
};

Nodes nodes(const Value& beside, const std::string& name, const std::vector<QuadratureNode>& rule) {
  std::vector<double> at, weights;
  for (const QuadratureNode& node : rule) {
    at.push_back(node.at);
    weights.push_back(node.weight);
  }
  return {nodes(beside, name + ".nodes", at), nodes(beside, name + ".weights", weights)};
}

Value likelihood_mean(const BernoulliConfig&, const Value& parameters, int64_t) {
  return sigmoid(parameters);
}

Value likelihood_mean(const ContinuousBernoulliConfig&, const Value& parameters, int64_t) {
  constexpr double kSmall = 0.5;
  const Value is_small = less(absolute(parameters), kSmall);
  const Value l = where(is_small, parameters.builder->constant(kSmall), parameters);
  const Value closed = -1.0 / (exp(0.0 - l) - 1) - 1.0 / l;
  const Value s = parameters * parameters;
  const Value series = parameters * (s * (s / 30240 - 1.0 / 720) + 1.0 / 12) + 0.5;
  return where(is_small, series, closed);
}

Value likelihood_mean(const GaussianConfig& config, const Value& parameters, int64_t channels) {
  const Value mean = channel_set(parameters, 0, channels);
  return config.mean_constraint ? constrain(mean, *config.mean_constraint, 0) : mean;
}

Value likelihood_mean(const LogitNormalConfig& config, const Value& parameters, int64_t channels) {
  const auto [mean, deviation] = moments(config.variance, parameters, channels);
  const Value mu = unsqueeze(mean, kNodes), sigma = unsqueeze(deviation, kNodes);
  const Nodes narrow = nodes(mean, "gauss_hermite", gauss_hermite(32));
  const Value of_narrow = sum(sigmoid(mu + minimum(sigma, 1) * narrow.at) * narrow.weights, kNodes);

  std::vector<QuadratureNode> logistic;
  constexpr double kStep = 0.5, kEnd = 40;
  for (double r = -kEnd; r <= kEnd; r += kStep) {
    logistic.push_back({r, kStep * 0.25 / std::pow(std::cosh(r / 2), 2)});
  }
  const Nodes wide = nodes(mean, "logistic", logistic);
  const Value of_wide = sum(normal_cdf((mu - wide.at) / maximum(sigma, 1)) * wide.weights, kNodes);
  return stretch(where(less(deviation, 1), of_narrow, of_wide), config.alpha);
}

// E[max(t + e, 0)], e ~ N(0, 1).
Value mean_of_positive_part(const Value& t) {
  return t * normal_cdf(t) + exp(t * t * -0.5) * (1 / std::sqrt(2 * std::numbers::pi));
}

Value likelihood_mean(const CensoredGaussianConfig& config, const Value& parameters, int64_t channels) {
  const auto [mu, sigma] = moments(config.variance, parameters, channels);
  const Nodes rule = nodes(mu, "gauss_legendre", gauss_legendre(16));
  const Value distances = (unsqueeze(mu, kNodes) - rule.at - 0.5) / unsqueeze(sigma, kNodes);
  const Value wide = sum(normal_cdf(distances) * rule.weights, kNodes);
  const Value narrow = sigma * (mean_of_positive_part(mu / sigma) - mean_of_positive_part((mu - 1) / sigma));
  return where(less(sigma, 0.5), narrow, wide);
}

Value likelihood_mean(const BetaConfig& config, const Value& parameters, int64_t channels) {
  const Value a = constrain(channel_set(parameters, 0, channels), config.constraint, config.floor);
  const Value b = constrain(channel_set(parameters, 1, channels), config.constraint, config.floor);
  return stretch(a / (a + b), config.alpha);
}

/// The mean of rounded logistics, [N, channels, H, W]: E[x] = sum_k P(x >= k / 255) / 255.
Value logistic_mean(const Value& location, const Value& scale) {
  std::vector<double> edges;
  for (int level = 1; level < kLevels; ++level) edges.push_back((level - 0.5) / (kLevels - 1));
  const Value distances =
      (unsqueeze(location, kNodes) - nodes(location, "edges", edges)) / unsqueeze(scale, kNodes);
  return mean(sigmoid(distances), kNodes);
}

Value likelihood_mean(const DiscretizedLogisticConfig& config, const Value& parameters, int64_t channels) {
  const Value raw = channel_set(parameters, 1, channels);
  return logistic_mean(channel_set(parameters, 0, channels), constrain(raw, config.constraint, config.floor));
}

Value likelihood_mean(const DiscretizedLogisticMixtureConfig& config, const Value& parameters,
                      int64_t channels) {
  if (channels > 1) {
    throw UsageError(
        "model.likelihood.type: \"{}\" of {} channels can't be exported: its mean is an average of random "
        "draws",
        DiscretizedLogisticMixtureConfig::kType, channels);
  }
  const int64_t k = config.components;
  const Value raw = channel_set(parameters, 2, k);
  const Value means =
      logistic_mean(channel_set(parameters, 1, k), constrain(raw, config.constraint, config.floor));
  const Value weights = softmax(channel_set(parameters, 0, k), kChannels);
  return unsqueeze(sum(weights * means, kChannels), kChannels);
}

Value likelihood_mean(const CategoricalConfig& config, const Value& parameters, int64_t channels) {
  std::vector<double> levels;
  for (int64_t i = 0; i < config.levels; ++i) {
    levels.push_back(static_cast<double>(i) / static_cast<double>(config.levels - 1));
  }
  std::vector<Value> means;
  for (int64_t c = 0; c < channels; ++c) {
    const Value probabilities = softmax(channel_set(parameters, c, config.levels), kChannels);
    const Value mean = sum(probabilities * nodes(parameters, "levels", levels), kChannels);
    means.push_back(unsqueeze(mean, kChannels));
  }
  return concatenate(means, kChannels);
}

}  // namespace

Value mean_of(const LikelihoodConfig& likelihood, const Value& parameters, int64_t channels) {
  return likelihood.visit([&]<class Row>(const Row& row) -> Value {
    if constexpr (requires { likelihood_mean(row, parameters, channels); }) {
      return likelihood_mean(row, parameters, channels);
    } else {
      throw UsageError("model.likelihood.type: \"{}\" can't be exported: its mean has no form in ONNX",
                       Row::kType);
    }
  });
}

}  // namespace vae
