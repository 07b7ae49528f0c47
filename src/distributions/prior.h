// The interface of densities of latents before any picture is seen.
#pragma once

#include <torch/nn/module.h>

#include <string_view>

#include "core/random.h"
#include "core/tensor.h"
#include "data/dataset.h"
#include "distributions/latent_space.h"

namespace vae {

/// What a prior is made for.
struct PriorSetting {
  LatentSpace latents = {};
  PictureShape picture = {};
  int64_t classes = 0;  // that the prior is conditioned on; 0: on none
};

/// UsageError where the latents are not real vectors, which the prior `type` is a density of.
void require_real(const PriorSetting& setting, std::string_view type);

/// p(z) over latent vectors, or p(z | label). Labels are int64, [N] for z [..., N, latent]; a prior that is
/// not conditioned on them does not look at them.
class Prior : public torch::nn::Module {
 public:
  /// Draws anew what does not start at a constant.
  virtual void initialize(Random) {}

  /// log p(z) in nats, z [..., N, latent]: [..., N].
  virtual Tensor log_prob(const Tensor& z, const Tensor& labels = {}) const = 0;

  /// `count` draws, one for each label where there are labels: [count, latent].
  virtual Tensor sample(int64_t count, const Tensor& labels, Random& random,
                        const torch::TensorOptions& options) const = 0;
};

}  // namespace vae
