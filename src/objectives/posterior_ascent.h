// Gradient steps on the parameters of q(z | x), each picture by itself.
#pragma once

#include <cstdint>
#include <memory>

#include "config/fields.h"
#include "core/tensor.h"
#include "data/batches.h"
#include "model/vae.h"
#include "objectives/inference.h"

namespace vae {

/// How q of a new picture is found, with theta as it is.
struct FitConfig {
  int64_t steps = 200;
  double learning_rate = 0.1;
  bool operator==(const FitConfig&) const = default;

  /// Of step 0 ... steps - 1.
  double rate(int64_t step) const {
    return learning_rate * (1 - static_cast<double>(step) / static_cast<double>(steps));
  }
};

inline constexpr auto fields(Tag<FitConfig>) {
  return std::tuple{
      field("steps", &FitConfig::steps, closed(1, 1'000'000), "Gradient steps for each picture."),
      field("learning_rate", &FitConfig::learning_rate, positive,
            "Size of the first one; it falls linearly to zero."),
  };
}

/// Parameters of the posteriors of N pictures, and Adam's memory of each (Kingma and Ba 2015).
struct PosteriorParameters {
  Tensor values;          // lambda, [N, parameters]
  Tensor exp_avg;         // [N, parameters]
  Tensor exp_avg_square;  // [N, parameters]
  Tensor updates;         // [N, 1]: pictures come by at different times

  /// From the given lambda, with nothing to remember.
  static PosteriorParameters start(const Tensor& values);
};

/// The gradient of the objective's surrogate with respect to the lambda of each picture, [N, parameters]:
/// what its own term of the batch's sum would give.
Tensor posterior_gradient(const StepContext& at, const Tensor& values);

/// One step of Adam down the gradients; a picture whose gradient is not finite stays as it is.
void descend(PosteriorParameters& parameters, const Tensor& gradient, double learning_rate);

/// lambda after gradient steps up the ELBO with theta fixed, from `start`: stochastic variational inference
/// of Hoffman et al. 2013 for one picture. The noise is a function of (seed, the picture's position, step).
Tensor fit_posterior(const Vae& model, const Batch& batch, const Tensor& start, const FitConfig& config,
                     uint64_t seed);

/// lambda of pictures of which nothing is known: all zeros, where a Gaussian is N(0, I) and categories are
/// uniform.
Tensor ignorant_parameters(const Vae& model, const Batch& batch);

}  // namespace vae
