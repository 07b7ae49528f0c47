#include "export/posterior_outputs.h"

#include <string>
#include <vector>

#include "core/error.h"

// The table: a row of PosteriorConfig has a graph where it has a describe here.

namespace vae {
namespace {

void add_moments(const Value& mu, const Value& sigma, int64_t latent) {
  mu.builder->output(mu, {.name = "mu", .meaning = "E[z | x]", .shape = {latent}});
  sigma.builder->output(sigma, {.name = "sigma",
                                .meaning = "The standard deviation of each dimension of z given x",
                                .shape = {latent}});
}

void describe(const DiagonalGaussianConfig&, const Value& parameters, int64_t latent) {
  const Value log_variance = slice(parameters, 1, latent, 2 * latent);
  add_moments(slice(parameters, 1, 0, latent), exp(log_variance * 0.5), latent);
}

// L, row j and column k of which lie at j latent + k, is gathered from the numbers of its diagonal, those
// below, and a 0 for all above.
void describe(const FullGaussianConfig&, const Value& parameters, int64_t latent) {
  const int64_t below = latent * (latent - 1) / 2;
  std::vector<int64_t> places;
  for (int64_t row = 0, next = latent; row < latent; ++row) {
    for (int64_t column = 0; column < latent; ++column) {
      const int64_t zero = latent + below;
      places.push_back(column < row ? next++ : column == row ? row : zero);
    }
  }
  const Value diagonal = exp(slice(parameters, 1, latent, 2 * latent));
  const Value lower = slice(parameters, 1, 2 * latent, 2 * latent + below);
  const Value zero = slice(parameters, 1, 0, 1) * 0;
  const Value scale =
      reshape(gather(concatenate({diagonal, lower, zero}, 1), parameters.builder->constant(places), 1),
              {-1, latent, latent});
  add_moments(slice(parameters, 1, 0, latent), sqrt(sum(scale * scale, 2)), latent);
  parameters.builder->output(
      scale, {.name = "scale", .meaning = "L of the covariance L L^T", .shape = {latent, latent}});
}

void describe(const CategoricalPosteriorConfig& config, const Value& parameters, int64_t latent) {
  const Value logits = reshape(parameters, {-1, latent / config.categories, config.categories});
  const Value probabilities = reshape(softmax(logits, 2), {-1, latent});
  add_moments(probabilities, sqrt(probabilities * (1 - probabilities)), latent);
}

}  // namespace

void add_outputs(const PosteriorConfig& posterior, const Value& parameters, int64_t latent) {
  posterior.visit([&]<class Row>(const Row& row) {
    if constexpr (requires { describe(row, parameters, latent); }) {
      describe(row, parameters, latent);
    } else {
      throw UsageError("model.posterior.type: \"{}\" can't be exported; --part decoder leaves it out",
                       Row::kType);
    }
  });
}

}  // namespace vae
