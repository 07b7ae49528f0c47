// Gaussian likelihood clamped to [0, 1].
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/fields.h"
#include "distributions/likelihood.h"
#include "distributions/variance.h"

namespace vae {

struct CensoredGaussianConfig {
  static constexpr std::string_view kType = "censored_gaussian";
  static constexpr std::string_view kHelp =
      "A Gaussian variable clamped to [0, 1], with its tails' probabilities at 0 and 1.";
  VarianceConfig variance = PerPixelVarianceConfig{};
  bool operator==(const CensoredGaussianConfig&) const = default;
};

inline constexpr auto fields(Tag<CensoredGaussianConfig>) {
  return std::tuple{
      field("variance", &CensoredGaussianConfig::variance, "Model of the variance before clamping.")};
}

std::optional<std::string> check(const CensoredGaussianConfig& config);

/// x = min(max(y, 0), 1), y ~ N(mu, v): P(x = 0) = Phi(-mu / sigma), P(x = 1) = Phi((mu - 1) / sigma), and
/// the density N(x; mu, v) between. Tobin 1958. Parameters as of Variance.
class CensoredGaussian : public Likelihood {
 public:
  CensoredGaussian(const CensoredGaussianConfig& config, int64_t channels);

  int64_t parameter_channels(int64_t channels) const override;
  Tensor log_prob(const Tensor& x, const Tensor& parameters) const override;
  Tensor mean(const Tensor& parameters) const override;
  Tensor sample(const Tensor& parameters, Random& random) const override;
  Tensor parameters_for_mean(const Tensor& mean) const override;
  BaseMeasure base_measure() const override { return BaseMeasure::mixed; }
  void project() override { variance_->project(); }

 private:
  std::shared_ptr<Variance> variance_;
};

std::shared_ptr<Likelihood> make_likelihood(const CensoredGaussianConfig& config, int64_t channels);

}  // namespace vae
