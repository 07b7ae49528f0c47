#include "data/observation.h"

#include "core/byte_noise.h"
#include "core/noise.h"

namespace vae {
namespace {

Tensor observe(const PlainObservation&, const Tensor& bytes, torch::ScalarType type, Random&) {
  return bytes.to(type).div_(255);
}

Tensor observe(const Binarize& binarize, const Tensor& bytes, torch::ScalarType type, Random& random) {
  if (!binarize.threshold && bytes.device().is_cpu() && type == torch::kFloat) {
    return bernoulli_of_bytes(random, bytes);
  }
  const Tensor grey = bytes.to(type).div_(255);
  if (binarize.threshold) return (grey > *binarize.threshold).to(type);
  return bernoulli(random, grey);
}

Tensor observe(const Dequantize&, const Tensor& bytes, torch::ScalarType type, Random& random) {
  const Tensor noise = uniform_for_rows(random, bytes.sizes(), /*rows=*/0, bytes.options().dtype(type));
  return bytes.to(type).add_(noise).div_(256);
}

}  // namespace

Tensor observe(const ObservationConfig& observation, const Tensor& bytes, torch::ScalarType type,
               Random& random) {
  return observation.visit([&](const auto& row) { return observe(row, bytes, type, random); });
}

}  // namespace vae
