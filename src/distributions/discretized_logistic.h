// Logistic likelihood of pixels of 256 levels.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/fields.h"
#include "distributions/constraint.h"
#include "distributions/likelihood.h"

namespace vae {

struct DiscretizedLogisticConfig {
  static constexpr std::string_view kType = "discretized_logistic";
  static constexpr std::string_view kHelp =
      "256 levels; each has the probability that a logistic variable rounds to it.";
  Constraint constraint = Constraint::exp;
  double floor = 5e-4;
  double initial = 0.1;
  bool operator==(const DiscretizedLogisticConfig&) const = default;
};

namespace detail {

/// The keys of a logistic's scale, which the decoder gives.
template <class Config>
constexpr auto scale_fields() {
  return std::tuple{
      field("constraint", &Config::constraint, "What keeps the scale above its floor."),
      field(
          "floor", &Config::floor, positive,
          "Least scale of a pixel in [0, 1]; at an eighth of a level one level has 96% of the probability."),
      field("initial", &Config::initial, positive, "Scale at the start of training."),
  };
}

}  // namespace detail

inline constexpr auto fields(Tag<DiscretizedLogisticConfig>) {
  return detail::scale_fields<DiscretizedLogisticConfig>();
}

std::optional<std::string> check(const DiscretizedLogisticConfig& config);

/// P(x = k / 255) of a logistic variable rounded to the nearest level, the outermost levels with the tails.
/// Kingma et al. 2016, appendix A.3; Salimans et al. 2017, section 2.1; Child 2021 (VDVAE). Parameters:
/// [C, H, W] means, and behind them [C, H, W] raw scales.
class DiscretizedLogistic : public Likelihood {
 public:
  explicit DiscretizedLogistic(const DiscretizedLogisticConfig& config) : config_(config) {}

  int64_t parameter_channels(int64_t channels) const override { return 2 * channels; }
  Tensor log_prob(const Tensor& x, const Tensor& parameters) const override;
  Tensor mean(const Tensor& parameters) const override;
  Tensor sample(const Tensor& parameters, Random& random) const override;
  Tensor parameters_for_mean(const Tensor& mean) const override;
  BaseMeasure base_measure() const override { return BaseMeasure::levels; }

 private:
  struct Logistic {
    Tensor mean;
    Tensor scale;
  };
  Logistic logistic(const Tensor& parameters) const;

  DiscretizedLogisticConfig config_;
};

std::shared_ptr<Likelihood> make_likelihood(const DiscretizedLogisticConfig& config, int64_t channels);

}  // namespace vae
