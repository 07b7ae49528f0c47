#include "evaluation/principal_plane.h"

namespace vae {
namespace {

Tensor as_two_columns(const Tensor& latents) {
  return torch::cat({latents, torch::zeros({latents.size(0), 2 - latents.size(1)}, latents.options())}, 1);
}

// Rows of `directions` [2, latent] turned so that their largest entry is positive.
Tensor with_positive_weights(const Tensor& directions) {
  const Tensor largest = directions.abs().argmax(1, /*keepdim=*/true);
  return directions * torch::sign(directions.gather(1, largest));
}

}  // namespace

LatentPlane principal_plane(const Tensor& latents) {
  const Tensor points = latents.to(torch::kCPU, torch::kDouble);
  if (points.size(1) <= 2) return {.coordinates = as_two_columns(points)};
  const Tensor centred = points - points.mean(0);
  const auto [u, deviations, directions] = torch::linalg_svd(centred, /*full_matrices=*/false);
  const int64_t known = std::min<int64_t>(directions.size(0), 2);
  const Tensor plane = with_positive_weights(directions.slice(0, 0, known));
  const Tensor variances = deviations.square() / deviations.square().sum().clamp_min(1e-300);
  const auto share = [&](int64_t axis) { return axis < known ? variances[axis].item<double>() : 0.0; };
  return {.coordinates = as_two_columns(centred.mm(plane.t())), .explained = {{share(0), share(1)}}};
}

}  // namespace vae
