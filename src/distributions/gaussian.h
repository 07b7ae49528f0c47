// Gaussian likelihood with one of several models of the variance.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/fields.h"
#include "distributions/likelihood.h"
#include "distributions/variance.h"

namespace vae {

struct GaussianConfig {
  static constexpr std::string_view kType = "gaussian";
  static constexpr std::string_view kHelp =
      "Real pixels; the decoder gives the mean, `variance` says the rest.";
  VarianceConfig variance = LearnedVarianceConfig{};
  std::optional<Constraint> mean_constraint = std::nullopt;
  bool operator==(const GaussianConfig&) const = default;
};

inline constexpr auto fields(Tag<GaussianConfig>) {
  return std::tuple{
      field("variance", &GaussianConfig::variance, "Model of the variance."),
      field("mean_constraint", &GaussianConfig::mean_constraint,
            "What keeps the mean above 0, or with \"sigmoid\" within [0, 1]; null leaves it free."),
  };
}

std::optional<std::string> check(const GaussianConfig& config);

/// log p(x) = sum_i log N(x_i; mu_i, v_i), the mean from the decoder. Kingma and Welling 2014, appendix C.2.
/// Parameters as of Variance. Where the variance is `optimal`, it is that of the batch in training.
class Gaussian : public Likelihood {
 public:
  Gaussian(const GaussianConfig& config, int64_t channels);

  int64_t parameter_channels(int64_t channels) const override;
  Tensor log_prob(const Tensor& x, const Tensor& parameters) const override;
  Tensor mean(const Tensor& parameters) const override;
  Tensor sample(const Tensor& parameters, Random& random) const override;
  Tensor parameters_for_mean(const Tensor& mean) const override;
  BaseMeasure base_measure() const override { return BaseMeasure::density; }
  void project() override { variance_->project(); }

 private:
  GaussianMoments moments(const Tensor& parameters) const;

  std::optional<Constraint> mean_constraint_;
  std::shared_ptr<Variance> variance_;
};

std::shared_ptr<Likelihood> make_likelihood(const GaussianConfig& config, int64_t channels);

}  // namespace vae
