// Logit-normal likelihood of pixels in [0, 1].
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/fields.h"
#include "distributions/likelihood.h"
#include "distributions/shrinkage.h"
#include "distributions/variance.h"

namespace vae {

struct LogitNormalConfig {
  static constexpr std::string_view kType = "logit_normal";
  static constexpr std::string_view kHelp =
      "The sigmoid of a Gaussian variable; the decoder gives its mean, `variance` says the rest.";
  VarianceConfig variance = PerPixelVarianceConfig{.initial = 1};
  double alpha = kDefaultAlpha;
  bool operator==(const LogitNormalConfig&) const = default;
};

inline constexpr auto fields(Tag<LogitNormalConfig>) {
  return std::tuple{
      field("variance", &LogitNormalConfig::variance, "Model of the variance of logit(x')."),
      field("alpha", &LogitNormalConfig::alpha, open(0, 0.5),
            "Pixels are shrunk to x' = alpha + (1 - 2 alpha) x: the logit of 0 and of 1 is infinite."),
  };
}

std::optional<std::string> check(const LogitNormalConfig& config);

/// x' = s(y), s the sigmoid, y ~ N(mu, v): an unconstrained variable makes one that stays in (0, 1). By
/// change of variables log p(x') = log N(logit(x'); mu, v) - log x' - log(1 - x'). Atchison and Shen 1980.
/// Parameters as of Variance.
class LogitNormal : public Likelihood {
 public:
  LogitNormal(const LogitNormalConfig& config, int64_t channels);

  int64_t parameter_channels(int64_t channels) const override;
  Tensor log_prob(const Tensor& x, const Tensor& parameters) const override;
  /// By quadrature, to 1e-9: E[s(y)] has no closed form.
  Tensor mean(const Tensor& parameters) const override;
  Tensor sample(const Tensor& parameters, Random& random) const override;
  Tensor parameters_for_mean(const Tensor& mean) const override;
  BaseMeasure base_measure() const override { return BaseMeasure::density; }
  void project() override { variance_->project(); }

 private:
  Shrinkage shrinkage_;
  std::shared_ptr<Variance> variance_;
};

std::shared_ptr<Likelihood> make_likelihood(const LogitNormalConfig& config, int64_t channels);

}  // namespace vae
