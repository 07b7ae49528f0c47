// Gaussian likelihood with one of several models of the variance.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "config/one_of.h"
#include "distributions/likelihood.h"

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
  double initial = 0.1;
  bool operator==(const LearnedVarianceConfig&) const = default;
};

inline constexpr auto fields(Tag<LearnedVarianceConfig>) {
  return std::tuple{
      field("initial", &LearnedVarianceConfig::initial, positive, "Variance at the start of training.")};
}

struct PerPixelVarianceConfig {
  static constexpr std::string_view kType = "per_pixel";
  static constexpr std::string_view kHelp = "A variance for each pixel and channel, given by the decoder.";
  double floor = 1e-4;
  double initial = 0.1;
  bool operator==(const PerPixelVarianceConfig&) const = default;
};

inline constexpr auto fields(Tag<PerPixelVarianceConfig>) {
  return std::tuple{
      field("floor", &PerPixelVarianceConfig::floor, positive,
            "Added to every variance: without it a constant pixel drives the density to infinity."),
      field("initial", &PerPixelVarianceConfig::initial, positive,
            "Variance above the floor at the start of training."),
  };
}

using VarianceConfig = OneOf<FixedVarianceConfig, LearnedVarianceConfig, PerPixelVarianceConfig>;

struct GaussianConfig {
  static constexpr std::string_view kType = "gaussian";
  static constexpr std::string_view kHelp =
      "Real pixels; the decoder gives the mean, `variance` says the rest.";
  VarianceConfig variance = LearnedVarianceConfig{};
  bool operator==(const GaussianConfig&) const = default;
};

inline constexpr auto fields(Tag<GaussianConfig>) {
  return std::tuple{field("variance", &GaussianConfig::variance, "Model of the variance.")};
}

/// log p(x) = sum_i log N(x_i; mu_i, v_i), the mean from the decoder. Kingma and Welling 2014, appendix C.2.
/// Parameters: [C, H, W] means, and behind them [C, H, W] log-variances where the variance is per pixel.
class Gaussian : public Likelihood {
 public:
  explicit Gaussian(const VarianceConfig& variance);

  int64_t parameter_channels(int64_t channels) const override;
  Tensor log_prob(const Tensor& x, const Tensor& parameters) const override;
  Tensor mean(const Tensor& parameters) const override;
  Tensor sample(const Tensor& parameters, Random& random) const override;
  Tensor parameters_for_mean(const Tensor& mean) const override;
  BaseMeasure base_measure() const override { return BaseMeasure::continuous; }

 private:
  struct Moments {
    Tensor mean;
    Tensor log_variance;
  };
  Moments moments(const Tensor& parameters) const;

  VarianceConfig variance_;
  Tensor log_variance_;  // the learned scalar; undefined for the other models of the variance
};

std::shared_ptr<Likelihood> make_likelihood(const GaussianConfig& config);

}  // namespace vae
