// Mixture of logistics over pixels of 256 levels, autoregressive in the channels.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/fields.h"
#include "distributions/constraint.h"
#include "distributions/discretized_logistic.h"
#include "distributions/likelihood.h"

namespace vae {

struct DiscretizedLogisticMixtureConfig {
  static constexpr std::string_view kType = "discretized_logistic_mixture";
  static constexpr std::string_view kHelp =
      "256 levels; a mixture of rounded logistics, green and blue given the channels before them.";
  int64_t components = 10;
  Constraint constraint = Constraint::exp;
  double floor = 5e-4;
  double initial = 0.1;
  bool operator==(const DiscretizedLogisticMixtureConfig&) const = default;
};

inline constexpr auto fields(Tag<DiscretizedLogisticMixtureConfig>) {
  return std::tuple_cat(std::tuple{field("components", &DiscretizedLogisticMixtureConfig::components,
                                         closed(1, 1024), "Logistics of a pixel.")},
                        detail::scale_fields<DiscretizedLogisticMixtureConfig>());
}

std::optional<std::string> check(const DiscretizedLogisticMixtureConfig& config);

/// P(x) of a pixel = sum_k pi_k prod_c P(x_c; m_ck, s_ck), P a rounded logistic. For three channels the means
/// depend on the channels before them: m_g + t_0 (r - 1/2) for green and m_b + t_1 (r - 1/2) + t_2 (g - 1/2)
/// for blue, t the hyperbolic tangents of coefficients. Salimans et al. 2017, "PixelCNN++", eq. 2 and 3.
/// Parameters, each [K, H, W]: logits of pi; means, raw scales of each channel; for three channels three sets
/// of coefficients. That is 10 K channels for three, 3 K for one.
class DiscretizedLogisticMixture : public Likelihood {
 public:
  /// UsageError for other than one or three channels.
  DiscretizedLogisticMixture(const DiscretizedLogisticMixtureConfig& config, int64_t channels);

  int64_t parameter_channels(int64_t channels) const override;
  Tensor log_prob(const Tensor& x, const Tensor& parameters) const override;
  /// Exact for one channel. For three the average of kMeanDraws draws from a fixed stream, always the same.
  Tensor mean(const Tensor& parameters) const override;
  Tensor sample(const Tensor& parameters, Random& random) const override;
  Tensor parameters_for_mean(const Tensor& mean) const override;
  BaseMeasure base_measure() const override { return BaseMeasure::levels; }

  static constexpr int64_t kMeanDraws = 256;

 private:
  struct Mixture;
  Mixture mixture(const Tensor& parameters) const;

  DiscretizedLogisticMixtureConfig config_;
};

std::shared_ptr<Likelihood> make_likelihood(const DiscretizedLogisticMixtureConfig& config, int64_t channels);

}  // namespace vae
