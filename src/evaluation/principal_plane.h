// Latents on a plane.
#pragma once

#include <array>
#include <optional>

#include "core/tensor.h"

namespace vae {

/// Points of a latent space as a person can see them.
struct LatentPlane {
  Tensor coordinates;  // [N, 2], float64
  /// The share of the variance that each axis shows; empty where the axes are the latents themselves.
  std::optional<std::array<double, 2>> explained = {};
};

/// Latents [N, latent] on the plane of their first two principal components (Pearson 1901), each with the
/// sign that makes its largest weight positive; the latents as they are where there are two or fewer.
LatentPlane principal_plane(const Tensor& latents);

}  // namespace vae
