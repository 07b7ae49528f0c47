// A learned mixture of Gaussians as prior.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "distributions/prior.h"

namespace vae {

struct GaussianMixtureConfig {
  static constexpr std::string_view kType = "gaussian_mixture";
  static constexpr std::string_view kHelp =
      "sum_k w_k N(m_k, diag(s_k^2)); weights, means and variances are learned.";
  int64_t components = 10;
  double spread = 1;
  bool operator==(const GaussianMixtureConfig&) const = default;
};

inline constexpr auto fields(Tag<GaussianMixtureConfig>) {
  return std::tuple{
      field("components", &GaussianMixtureConfig::components, closed(1, 100000), "How many Gaussians."),
      field("spread", &GaussianMixtureConfig::spread, non_negative,
            "Standard deviation of the means at the start of training."),
  };
}

/// p(z) = sum_k w_k N(z; m_k, diag(s_k^2)), w the softmax of free logits, all equal at the start, s_k = 1
/// then. Conditioned on a label y, the sum is over the components k with k mod classes = y. Dilokthanakul et
/// al. 2016; the mixture of Gaussians of Tomczak and Welling 2018, section 4.
class GaussianMixture : public Prior {
 public:
  GaussianMixture(const GaussianMixtureConfig& config, const PriorSetting& setting);

  void initialize(Random random) override;
  Tensor log_prob(const Tensor& z, const Tensor& labels) const override;
  Tensor sample(int64_t count, const Tensor& labels, Random& random,
                const torch::TensorOptions& options) const override;

  Tensor logits;         // [components]
  Tensor means;          // [components, latent]
  Tensor log_variances;  // [components, latent]

 private:
  double spread_;
  int64_t classes_;
};

/// UsageError for latents that are not real, and for fewer components than classes.
void require_fit(const GaussianMixtureConfig& config, const PriorSetting& setting);

std::shared_ptr<Prior> make_prior(const GaussianMixtureConfig& config, const PriorSetting& setting);

}  // namespace vae
