// The standard normal prior.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "distributions/prior.h"

namespace vae {

struct StandardNormalConfig {
  static constexpr std::string_view kType = "standard_normal";
  static constexpr std::string_view kHelp = "N(0, I).";
  bool operator==(const StandardNormalConfig&) const = default;
};

inline constexpr auto fields(Tag<StandardNormalConfig>) { return std::tuple{}; }

/// p(z) = N(z; 0, I).
class StandardNormal : public Prior {
 public:
  explicit StandardNormal(int64_t latent) : latent_(latent) {}

  Tensor log_prob(const Tensor& z, const Tensor& labels) const override;
  Tensor sample(int64_t count, const Tensor& labels, Random& random,
                const torch::TensorOptions& options) const override;

 private:
  int64_t latent_;
};

/// UsageError for latents that are not real, or for classes: there is nothing that could depend on them.
void require_fit(const StandardNormalConfig& config, const PriorSetting& setting);

std::shared_ptr<Prior> make_prior(const StandardNormalConfig& config, const PriorSetting& setting);

}  // namespace vae
