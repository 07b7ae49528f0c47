#include "evaluation/surprise.h"

namespace vae {
namespace {

/// [N, C, H, W] to [N H W, C, 1, 1]: each pixel a picture of its own.
Tensor as_pictures(const Tensor& pixels) {
  return pixels.permute({0, 2, 3, 1}).reshape({-1, pixels.size(1), 1, 1});
}

}  // namespace

Tensor surprise(const Likelihood& likelihood, const Tensor& x, const Tensor& parameters) {
  return -likelihood.log_prob(as_pictures(x), as_pictures(parameters))
              .view({x.size(0), x.size(2), x.size(3)});
}

}  // namespace vae
