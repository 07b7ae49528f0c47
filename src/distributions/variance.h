// Models of the variance of a Gaussian, shared by all likelihoods that are made of one.
#pragma once

#include <torch/nn/module.h>

#include <optional>
#include <string>
#include <string_view>

#include "config/fields.h"
#include "config/one_of.h"
#include "core/tensor.h"
#include "distributions/constraint.h"

namespace vae {

struct FixedVarianceConfig {
  static constexpr std::string_view kType = "fixed";
  static constexpr std::string_view kHelp = "The same stated variance for every pixel.";
  double value = 0.01;
  bool operator==(const FixedVarianceConfig&) const = default;
};

inline constexpr auto fields(Tag<FixedVarianceConfig>) {
  return std::tuple{field("value", &FixedVarianceConfig::value, positive, "Variance of a pixel in [0, 1].")};
}

struct LearnedVarianceConfig {
  static constexpr std::string_view kType = "learned";
  static constexpr std::string_view kHelp = "One variance for every pixel, learned with the weights.";
  Constraint constraint = Constraint::exp;
  double floor = 1e-4;
  double initial = 0.1;
  bool operator==(const LearnedVarianceConfig&) const = default;
};

struct PerChannelVarianceConfig {
  static constexpr std::string_view kType = "per_channel";
  static constexpr std::string_view kHelp = "One variance for each channel, learned with the weights.";
  Constraint constraint = Constraint::exp;
  double floor = 1e-4;
  double initial = 0.1;
  bool operator==(const PerChannelVarianceConfig&) const = default;
};

struct PerPixelVarianceConfig {
  static constexpr std::string_view kType = "per_pixel";
  static constexpr std::string_view kHelp = "A variance for each pixel and channel, given by the decoder.";
  Constraint constraint = Constraint::exp;
  double floor = 1e-4;
  double initial = 0.1;
  bool operator==(const PerPixelVarianceConfig&) const = default;
};

namespace detail {

/// The keys of every variance that is learned, in whatever way.
template <class Config>
constexpr auto variance_fields() {
  return std::tuple{
      field("constraint", &Config::constraint, "What keeps the variance above its floor."),
      field("floor", &Config::floor, positive,
            "Least variance: without it a constant pixel drives the density to infinity."),
      field("initial", &Config::initial, positive, "Variance at the start of training."),
  };
}

}  // namespace detail

inline constexpr auto fields(Tag<LearnedVarianceConfig>) {
  return detail::variance_fields<LearnedVarianceConfig>();
}
inline constexpr auto fields(Tag<PerChannelVarianceConfig>) {
  return detail::variance_fields<PerChannelVarianceConfig>();
}
inline constexpr auto fields(Tag<PerPixelVarianceConfig>) {
  return detail::variance_fields<PerPixelVarianceConfig>();
}

struct OptimalVarianceConfig {
  static constexpr std::string_view kType = "optimal";
  static constexpr std::string_view kHelp =
      "The one variance that maximises the likelihood of the batch: its mean squared error.";
  double floor = 1e-4;
  double initial = 0.1;
  bool operator==(const OptimalVarianceConfig&) const = default;
};

inline constexpr auto fields(Tag<OptimalVarianceConfig>) {
  return std::tuple{
      field("floor", &OptimalVarianceConfig::floor, positive, "Least variance."),
      field("initial", &OptimalVarianceConfig::initial, positive,
            "Variance before any batch; it weighs as one of them in the moving average."),
  };
}

std::optional<std::string> check(const LearnedVarianceConfig& config);
std::optional<std::string> check(const PerChannelVarianceConfig& config);
std::optional<std::string> check(const PerPixelVarianceConfig& config);

using VarianceConfig = OneOf<FixedVarianceConfig, LearnedVarianceConfig, PerChannelVarianceConfig,
                             PerPixelVarianceConfig, OptimalVarianceConfig>;

/// The complaint about a variance that is no model for the likelihood `type`: the optimum has a closed form
/// for a Gaussian alone.
std::optional<std::string> check_has_density(const VarianceConfig& variance, std::string_view type);

/// The moments of a Gaussian for each pixel; the log-variance broadcasts to the mean's shape.
struct GaussianMoments {
  Tensor mean;
  Tensor log_variance;
};

/// From decoder channels to moments. Parameters: [C, H, W] means, and behind them [C, H, W] raw variances
/// where the variance is per pixel.
class Variance : public torch::nn::Module {
 public:
  Variance(const VarianceConfig& config, int64_t channels);

  /// Decoder channels for means and variances of `channels` channels.
  int64_t parameter_channels(int64_t channels) const;

  /// Parameters [..., parameter_channels(C), H, W] to moments [..., C, H, W].
  GaussianMoments moments(const Tensor& parameters) const;

  /// The variance at the start of training.
  double initial() const;

  /// Parameters [parameter_channels(C), H, W] with the given means [C, H, W] and the initial variance.
  Tensor parameters_for(const Tensor& mean) const;

  /// Whether log_of_errors gives the variance: for `optimal`, in training.
  bool follows_errors() const;

  /// log of the mean of squared errors of any shape, which is the variance that maximises sum log N(error; 0,
  /// v) (Rybkin et al. 2021, "Simple and effective VAE training with calibrated decoders", eq. 6), and enters
  /// the moving average that evaluation and sampling use.
  Tensor log_of_errors(const Tensor& squared_errors) const;

  void project();

 private:
  VarianceConfig config_;
  Tensor raw_;      // learned: [], per_channel: [C, 1, 1]; otherwise undefined
  Tensor average_;  // optimal: decayed sums of the batches' variances and of ones, [2]
};

}  // namespace vae
