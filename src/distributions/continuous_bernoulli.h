// Continuous Bernoulli likelihood of pixels in [0, 1].
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "distributions/likelihood.h"

namespace vae {

struct ContinuousBernoulliConfig {
  static constexpr std::string_view kType = "continuous_bernoulli";
  static constexpr std::string_view kHelp =
      "Pixels in [0, 1], of the Bernoulli's form but normalised; the decoder gives logits.";
  bool operator==(const ContinuousBernoulliConfig&) const = default;
};

inline constexpr auto fields(Tag<ContinuousBernoulliConfig>) { return std::tuple{}; }

/// p(x) proportional to s(l)^x s(-l)^(1 - x) on [0, 1], that is p(x) = l e^(l x) / (e^l - 1), l the logits:
/// [C, H, W] a picture. Loaiza-Ganem and Cunningham 2019, "The continuous Bernoulli: fixing a pervasive error
/// in variational autoencoders", eq. 6.
class ContinuousBernoulli : public Likelihood {
 public:
  int64_t parameter_channels(int64_t channels) const override { return channels; }
  Tensor log_prob(const Tensor& x, const Tensor& parameters) const override;
  Tensor mean(const Tensor& parameters) const override;
  Tensor sample(const Tensor& parameters, Random& random) const override;
  Tensor parameters_for_mean(const Tensor& mean) const override;
  BaseMeasure base_measure() const override { return BaseMeasure::density; }
};

std::shared_ptr<Likelihood> make_likelihood(const ContinuousBernoulliConfig& config, int64_t channels);

}  // namespace vae
