// The interface of densities of latents before any picture is seen.
#pragma once

#include <torch/nn/module.h>

#include <functional>
#include <memory>
#include <string_view>

#include "core/random.h"
#include "core/tensor.h"
#include "data/dataset.h"
#include "distributions/latent_space.h"

namespace vae {

class Posterior;

/// q(z | x) of pictures [N, C, H, W] with labels [N], undefined where the encoder is not told of classes.
using Encode = std::function<std::unique_ptr<Posterior>(const Tensor& x, const Tensor& labels)>;

/// What a prior is made for.
struct PriorSetting {
  LatentSpace latents = {};
  PictureShape picture = {};
  int64_t classes = 0;               // that the prior is conditioned on; 0: on none
  int64_t encoder_classes = 0;       // that the encoder is told of; 0: of none
  bool scores_given_latents = true;  // whether the posterior does
};

/// UsageError where the latents are not real vectors, which the prior `type` is a density of.
void require_real(const PriorSetting& setting, std::string_view type);

/// UsageError where the latents are not categories, which the prior `type` is a distribution of.
void require_categories(const PriorSetting& setting, std::string_view type);

/// UsageError where there are classes, which the prior `type` knows nothing of.
void require_no_classes(const PriorSetting& setting, std::string_view type);

/// p(z) over latent vectors, or p(z | label). Labels are int64, [N] for z [..., N, latent]; a prior that is
/// not conditioned on them does not look at them.
class Prior : public torch::nn::Module {
 public:
  /// Draws anew what does not start at a constant.
  virtual void initialize(Random) {}

  /// Hands over the model's encoder, before anything is asked of a prior that is made of posteriors.
  virtual void use_encoder(Encode) {}

  /// Lets what lives in picture space begin near the mean picture [C, H, W] of the data.
  virtual void start_at_mean(const Tensor&) {}

  /// log p(z) in nats, z [..., N, latent]: [..., N].
  virtual Tensor log_prob(const Tensor& z, const Tensor& labels = {}) const = 0;

  /// `count` draws, one for each label where there are labels: [count, latent].
  virtual Tensor sample(int64_t count, const Tensor& labels, Random& random,
                        const torch::TensorOptions& options) const = 0;
};

}  // namespace vae
