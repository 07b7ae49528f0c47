// Bernoulli likelihood of binary pictures.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "distributions/likelihood.h"

namespace vae {

struct BernoulliConfig {
  static constexpr std::string_view kType = "bernoulli";
  static constexpr std::string_view kHelp = "Binary pixels; the decoder gives their logits.";
  bool operator==(const BernoulliConfig&) const = default;
};

inline constexpr auto fields(Tag<BernoulliConfig>) { return std::tuple{}; }

/// log p(x) = sum_i x_i log s(l_i) + (1 - x_i) log(1 - s(l_i)), s the sigmoid, l the logits: [C, H, W] a
/// picture.
class Bernoulli : public Likelihood {
 public:
  int64_t parameter_channels(int64_t channels) const override { return channels; }
  Tensor log_prob(const Tensor& x, const Tensor& parameters) const override;
  LogProbOfLayer log_prob_of_layer() const override;
  Tensor mean(const Tensor& parameters) const override;
  Tensor sample(const Tensor& parameters, Random& random) const override;
  Tensor parameters_for_mean(const Tensor& mean) const override;
  BaseMeasure base_measure() const override { return BaseMeasure::binary; }
};

std::shared_ptr<Likelihood> make_likelihood(const BernoulliConfig& config, int64_t channels);

}  // namespace vae
