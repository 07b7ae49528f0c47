// Pictures from a model.
#pragma once

#include "core/random.h"
#include "core/tensor.h"
#include "model/vae.h"

namespace vae {

/// What to show of p(x | z).
enum class Rendering { mean, draw };

/// Latents [count, latent] from the prior, scaled by `temperature`; `labels` [count] for a model that is
/// conditioned on classes, else undefined. UsageError for a temperature other than 1 where they are
/// categories.
Tensor draw_latents(const Vae& model, int64_t count, const Tensor& labels, double temperature,
                    Random& random);

/// Labels [count] that go through the classes again and again; undefined for a model without classes.
Tensor labels_in_turn(const Vae& model, int64_t count);

/// Labels of `count` pictures of each class, one class after the other; undefined for a model without
/// classes.
Tensor labels_of_each_class(const Vae& model, int64_t count);

/// The likelihood's mean at z [N, latent], or a draw from it, clamped to [0, 1]: [N, C, H, W].
Tensor decode_pictures(const Vae& model, const Tensor& z, const Tensor& labels, Rendering rendering,
                       Random& random);

/// The likelihood's mean at z, clamped as above.
Tensor decode_means(const Vae& model, const Tensor& z, const Tensor& labels);

/// The likelihood's mean at the mean of q(z | x), clamped to [0, 1]: [N, C, H, W].
Tensor reconstruct(const Vae& model, const Posterior& posterior, const Tensor& labels);

}  // namespace vae
