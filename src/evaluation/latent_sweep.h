// What each latent dimension does to a picture.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluation/evaluation.h"
#include "model/vae.h"

namespace vae {

/// Dimensions of z, the one that tells most of the picture first: by their mean KL where it is known, else by
/// the variance of the posterior mean.
std::vector<int64_t> by_activity(std::span<const LatentDimension> latents);

/// `count` values of a dimension, evenly over its mean under the aggregate posterior and `deviations`
/// standard deviations on either side.
std::vector<double> sweep_values(const LatentDimension& dimension, int64_t count, double deviations);

/// Decoded means where z [1, latent] takes each of `values` in its dimension `position`: [values, C, H, W];
/// `label` [1] for a model that is conditioned on classes.
Tensor sweep(const Vae& model, const Tensor& z, const Tensor& label, int64_t position,
             std::span<const double> values);

}  // namespace vae
