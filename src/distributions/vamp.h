// A mixture of posteriors of learned pictures as prior.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "distributions/prior.h"

namespace vae {

struct VampConfig {
  static constexpr std::string_view kType = "vamp";
  static constexpr std::string_view kHelp =
      "VampPrior: 1/K sum_k q(z | u_k), the posteriors of pictures u_k that are learned.";
  int64_t components = 500;
  double spread = 1;
  bool operator==(const VampConfig&) const = default;
};

inline constexpr auto fields(Tag<VampConfig>) {
  return std::tuple{
      field("components", &VampConfig::components, closed(1, 100000), "How many pictures."),
      field("spread", &VampConfig::spread, non_negative,
            "Standard deviation, in logits, of their pixels about the data's mean picture at the start of "
            "training."),
  };
}

/// p(z) = 1/K sum_k q(z | u_k), u_k = sigmoid(logits_k) pictures in (0, 1) that are learned with the model.
/// Tomczak and Welling 2018, eq. 9. The encoder is told that u_k is of class k mod encoder_classes;
/// conditioned on a label y, the sum is over the components of class y.
class Vamp : public Prior {
 public:
  Vamp(const VampConfig& config, const PriorSetting& setting);

  void initialize(Random random) override;
  void use_encoder(Encode encode) override;
  void start_at_mean(const Tensor& mean) override;
  Tensor log_prob(const Tensor& z, const Tensor& labels) const override;
  Tensor sample(int64_t count, const Tensor& labels, Random& random,
                const torch::TensorOptions& options) const override;

  /// u_k: [components, C, H, W].
  Tensor pseudo_inputs() const { return torch::sigmoid(logits); }

  Tensor logits;  // [components, C, H, W]

 private:
  Tensor weights(const Tensor& labels) const;        // log w_k, see log_weights
  Tensor component_log_prob(const Tensor& z) const;  // log q(z | u_k), z [..., latent]: [..., components]
  Tensor component_classes() const;                  // as the encoder is told

  PictureShape picture_;
  int64_t classes_;
  int64_t encoder_classes_;
  double spread_;
  Random noise_;
  Encode encode_;
};

/// UsageError for latents that are not real, a posterior that does not score given ones, and for fewer
/// components than classes.
void require_fit(const VampConfig& config, const PriorSetting& setting);

std::shared_ptr<Prior> make_prior(const VampConfig& config, const PriorSetting& setting);

}  // namespace vae
