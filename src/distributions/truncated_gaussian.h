// Gaussian likelihood renormalised on [0, 1].
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/fields.h"
#include "distributions/likelihood.h"
#include "distributions/variance.h"

namespace vae {

struct TruncatedGaussianConfig {
  static constexpr std::string_view kType = "truncated_gaussian";
  static constexpr std::string_view kHelp =
      "A Gaussian renormalised on [0, 1]; the decoder gives its location, `variance` says the rest.";
  VarianceConfig variance = PerPixelVarianceConfig{};
  bool operator==(const TruncatedGaussianConfig&) const = default;
};

inline constexpr auto fields(Tag<TruncatedGaussianConfig>) {
  return std::tuple{
      field("variance", &TruncatedGaussianConfig::variance, "Model of the variance before truncation.")};
}

std::optional<std::string> check(const TruncatedGaussianConfig& config);

/// p(x) = N(x; mu, v) / (Phi((1 - mu) / sigma) - Phi(-mu / sigma)) on [0, 1]; mu may lie outside. Parameters
/// as of Variance. Computed in float64, whatever the type: tails are subtracted from each other.
class TruncatedGaussian : public Likelihood {
 public:
  TruncatedGaussian(const TruncatedGaussianConfig& config, int64_t channels);

  int64_t parameter_channels(int64_t channels) const override;
  Tensor log_prob(const Tensor& x, const Tensor& parameters) const override;
  Tensor mean(const Tensor& parameters) const override;
  Tensor sample(const Tensor& parameters, Random& random) const override;
  Tensor parameters_for_mean(const Tensor& mean) const override;
  BaseMeasure base_measure() const override { return BaseMeasure::density; }
  void project() override { variance_->project(); }

 private:
  std::shared_ptr<Variance> variance_;
};

std::shared_ptr<Likelihood> make_likelihood(const TruncatedGaussianConfig& config, int64_t channels);

}  // namespace vae
