#include "kernels/adam.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/target_clones.h"
#include "kernels/fused.h"

namespace vae {
namespace {

/// The constants as the loop takes them.
struct Factors {
  float kept1, new1, kept2, new2;  // shares of the running means
  float step;                      // learning rate over the first bias correction
  float root_correction;           // 1 over the root of the second
  float epsilon;
  float scale;
  float gradient_decay;  // of the weights, added to the gradient
  float shrinkage;       // what a weight is multiplied by
};

Factors factors(const AdamUpdate& update) {
  const auto t = static_cast<double>(update.updates);
  const double decay = update.weight_decay;
  const auto narrow = [](double x) { return static_cast<float>(x); };
  return {.kept1 = narrow(update.beta1),
          .new1 = narrow(1 - update.beta1),
          .kept2 = narrow(update.beta2),
          .new2 = narrow(1 - update.beta2),
          .step = narrow(update.learning_rate / (1 - std::pow(update.beta1, t))),
          .root_correction = narrow(1 / std::sqrt(1 - std::pow(update.beta2, t))),
          .epsilon = narrow(update.epsilon),
          .scale = narrow(update.gradient_scale),
          .gradient_decay = narrow(update.decays_weights ? 0 : decay),
          .shrinkage = narrow(update.decays_weights ? 1 - update.learning_rate * decay : 1)};
}

[[gnu::always_inline]] inline float normal_or_zero(float x) {
  constexpr float kSmallest = std::numeric_limits<float>::min();
  return x < kSmallest && x > -kSmallest ? 0.0F : x;
}

VAE_TARGET_CLONES void update_piece(const Factors& f, int64_t count, const float* gradients, float* values,
                                    float* first, float* second) {
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) {
    const float g = f.scale * gradients[i] + f.gradient_decay * values[i];
    const float m = f.kept1 * first[i] + f.new1 * g;
    const float v = f.kept2 * second[i] + f.new2 * g * g;
    first[i] = normal_or_zero(m);
    second[i] = normal_or_zero(v);
    values[i] = f.shrinkage * values[i] - f.step * m / (std::sqrt(v) * f.root_correction + f.epsilon);
  }
}

}  // namespace

void update_adam(const AdamUpdate& update, const Tensor& values, std::span<const GradientPiece> gradients,
                 const Tensor& first, const Tensor& second) {
  struct Part {
    const float* gradients;
    int64_t count, offset;
  };
  std::vector<Part> parts;
  for (const GradientPiece& piece : gradients) {
    const float* begin = piece.gradients.const_data_ptr<float>();
    const int64_t count = piece.gradients.numel();
    for (int64_t at = 0; at < count; at += kPiece) {
      parts.push_back({begin + at, std::min(kPiece, count - at), piece.offset + at});
    }
  }
  const Factors f = factors(update);
  float *value = values.data_ptr<float>(), *mean = first.data_ptr<float>(),
        *square = second.data_ptr<float>();
  for_each_row(std::ssize(parts), kPiece, [&, value, mean, square](int64_t i) {
    const auto& [gradient, count, at] = parts[static_cast<size_t>(i)];
    update_piece(f, count, gradient, value + at, mean + at, square + at);
  });
}

}  // namespace vae
