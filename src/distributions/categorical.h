// Categorical likelihood of pixels of a few levels.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "config/fields.h"
#include "distributions/likelihood.h"

namespace vae {

struct CategoricalConfig {
  static constexpr std::string_view kType = "categorical";
  static constexpr std::string_view kHelp =
      "Levels of grey without order; the decoder gives a logit for each level of each channel.";
  int64_t levels = 256;
  bool operator==(const CategoricalConfig&) const = default;
};

inline constexpr auto fields(Tag<CategoricalConfig>) {
  return std::tuple{field("levels", &CategoricalConfig::levels, closed(2, 256),
                          "Levels l / (levels - 1); with fewer than 256 each pixel goes to the nearest.")};
}

/// P(x = l / (L - 1)) = softmax(logits)_l, for each channel by itself. van den Oord, Kalchbrenner and
/// Kavukcuoglu 2016, "Pixel recurrent neural networks", section 3.3. Parameters: [C * L, H, W], the L logits
/// of a channel one after the other.
class Categorical : public Likelihood {
 public:
  explicit Categorical(const CategoricalConfig& config) : levels_(config.levels) {}

  int64_t parameter_channels(int64_t channels) const override { return channels * levels_; }
  Tensor log_prob(const Tensor& x, const Tensor& parameters) const override;
  Tensor mean(const Tensor& parameters) const override;
  Tensor sample(const Tensor& parameters, Random& random) const override;
  /// The distribution of largest entropy with that mean.
  Tensor parameters_for_mean(const Tensor& mean) const override;
  BaseMeasure base_measure() const override {
    return levels_ == 256 ? BaseMeasure::levels : BaseMeasure::coarse_levels;
  }

 private:
  Tensor logits(const Tensor& parameters) const;             // [..., C, L, H, W]
  Tensor values(const torch::TensorOptions& options) const;  // of the levels: [L, 1, 1]
  Tensor expectation(const Tensor& logits) const;            // [..., C, L, H, W] to [..., C, H, W]

  int64_t levels_;
};

std::shared_ptr<Likelihood> make_likelihood(const CategoricalConfig& config, int64_t channels);

}  // namespace vae
