// Pictures from a model.
#pragma once

#include "core/random.h"
#include "core/tensor.h"
#include "model/vae.h"

namespace vae {

/// What to show of p(x | z).
enum class Rendering { mean, draw };

/// Latents [count, latent] from the prior, their standard deviation scaled by `temperature`.
Tensor draw_latents(const Vae& model, int64_t count, double temperature, Random& random);

/// The likelihood's mean at z [N, latent], or a draw from it, clamped to [0, 1]: [N, C, H, W].
Tensor decode_pictures(const Vae& model, const Tensor& z, Rendering rendering, Random& random);

/// The likelihood's mean at the posterior's mean, x [N, C, H, W]: the same shape.
Tensor reconstruct(const Vae& model, const Tensor& x);

}  // namespace vae
