// Beta likelihood of pixels in [0, 1].
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/fields.h"
#include "distributions/constraint.h"
#include "distributions/likelihood.h"
#include "distributions/shrinkage.h"

namespace vae {

struct BetaConfig {
  static constexpr std::string_view kType = "beta";
  static constexpr std::string_view kHelp = "Pixels in [0, 1]; the decoder gives both shapes, a and b.";
  Constraint constraint = Constraint::softplus;
  double floor = 1e-2;
  double alpha = kDefaultAlpha;
  bool operator==(const BetaConfig&) const = default;
};

inline constexpr auto fields(Tag<BetaConfig>) {
  return std::tuple{
      field("constraint", &BetaConfig::constraint, "What keeps a and b above their floor."),
      field("floor", &BetaConfig::floor, positive, "Least a and b."),
      field("alpha", &BetaConfig::alpha, open(0, 0.5),
            "Pixels are shrunk to x' = alpha + (1 - 2 alpha) x: at 0 and 1 the density may be infinite."),
  };
}

std::optional<std::string> check(const BetaConfig& config);

/// log p(x') = (a - 1) log x' + (b - 1) log(1 - x') - log B(a, b), a and b positive. Parameters: [C, H, W]
/// raw a, and behind them [C, H, W] raw b.
class Beta : public Likelihood {
 public:
  explicit Beta(const BetaConfig& config);

  int64_t parameter_channels(int64_t channels) const override { return 2 * channels; }
  Tensor log_prob(const Tensor& x, const Tensor& parameters) const override;
  Tensor mean(const Tensor& parameters) const override;
  /// On the CPU, in float64.
  Tensor sample(const Tensor& parameters, Random& random) const override;
  Tensor parameters_for_mean(const Tensor& mean) const override;
  BaseMeasure base_measure() const override { return BaseMeasure::density; }

 private:
  struct Shapes {
    Tensor a;
    Tensor b;
  };
  Shapes shapes(const Tensor& parameters) const;

  BetaConfig config_;
  Shrinkage shrinkage_;
};

std::shared_ptr<Likelihood> make_likelihood(const BetaConfig& config, int64_t channels);

}  // namespace vae
