// The uniform prior of categories.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "distributions/prior.h"

namespace vae {

struct UniformCategoricalConfig {
  static constexpr std::string_view kType = "uniform_categorical";
  static constexpr std::string_view kHelp = "Every category equally probable, variable by variable.";
  bool operator==(const UniformCategoricalConfig&) const = default;
};

inline constexpr auto fields(Tag<UniformCategoricalConfig>) { return std::tuple{}; }

/// P(z) = categories^-variables for every z of one-hot variables.
class UniformCategorical : public Prior {
 public:
  explicit UniformCategorical(const LatentSpace& latents) : latents_(latents) {}

  Tensor log_prob(const Tensor& z, const Tensor& labels) const override;
  Tensor sample(int64_t count, const Tensor& labels, Random& random,
                const torch::TensorOptions& options) const override;

 private:
  LatentSpace latents_;
};

/// UsageError for latents that are not categories, or for classes: there is nothing that could depend on
/// them.
void require_fit(const UniformCategoricalConfig& config, const PriorSetting& setting);

std::shared_ptr<Prior> make_prior(const UniformCategoricalConfig& config, const PriorSetting& setting);

}  // namespace vae
