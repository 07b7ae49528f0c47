// What an encoder loses against q(z | x) that is fitted to each picture.
#pragma once

#include <cstdint>
#include <optional>

#include "evaluation/evaluation.h"
#include "objectives/posterior_ascent.h"

namespace vae {

/// What one q(z | x) is worth, in nats per picture.
struct PosteriorWorth {
  Estimate elbo;
  Estimate log_likelihood;  // with K draws of it
};

/// log p(x) - ELBO(encoder's q) is the approximation gap, log p(x) - ELBO(the family's best q), and the
/// amortization gap, ELBO(the family's best q) - ELBO(encoder's q). Cremer, Li and Duvenaud 2018, "Inference
/// suboptimality in variational autoencoders", equation 3.
struct AmortizationGap {
  int64_t pictures = 0;
  int64_t samples = 1;  // K
  FitConfig fit = {};
  std::optional<PosteriorWorth> encoder = {};  // of a model that has one
  std::optional<PosteriorWorth> refined = {};  // gradient steps that begin at the encoder's q
  PosteriorWorth fitted;                       // gradient steps that begin with nothing known
  std::optional<Estimate> gap = {};            // refined ELBO - encoder's, picture by picture
};

/// Of the first `pictures` pictures, or all where there are fewer. ELBO and log p(x) from the same K =
/// `samples` draws for each q, a function of `seed`.
AmortizationGap amortization_gap(const Vae& model, const EvaluationBatches& batches, int64_t pictures,
                                 int64_t samples, const FitConfig& fit, uint64_t seed);

}  // namespace vae
