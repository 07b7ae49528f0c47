// Flows against differences of the map that they are.
#pragma once

#include <gtest/gtest.h>
#include <torch/optim/adam.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include "core/noise.h"
#include "distributions/flow.h"
#include "distributions/normal.h"
#include "support/statistics.h"
#include "support/tensors.h"

namespace vae::test {

/// Fills the family's weights with noise, so that it is far from where it starts.
inline void scatter_weights(torch::nn::Module& family, double spread, uint64_t seed = 1) {
  const at::NoGradGuard guard;
  Random random(seed, "weights");
  for (Tensor& parameter : family.parameters())
    parameter.add_(normal(random, parameter.sizes(), parameter.options()), spread);
}

/// d map(x)_i / d x_j at x [..., inputs] by central differences, [..., outputs, inputs].
inline Tensor numerical_jacobian(const std::function<Tensor(const Tensor&)>& map, const Tensor& x) {
  constexpr double kStep = 1e-5;
  const at::NoGradGuard guard;
  std::vector<Tensor> columns;
  for (int64_t j = 0; j < x.size(-1); ++j) {
    Tensor step = torch::zeros_like(x);
    step.select(-1, j).fill_(kStep);
    columns.push_back((map(x + step) - map(x - step)) / (2 * kStep));
  }
  return torch::stack(columns, -1);
}

/// The map eps -> z of a flow whose first parameters are mu and log sigma^2.
inline std::function<Tensor(const Tensor&)> map_from_noise(const Flow& flow, const Tensor& parameters,
                                                           int64_t latent) {
  const Tensor mean = parameters.narrow(1, 0, latent);
  const Tensor sigma = torch::exp(0.5 * parameters.narrow(1, latent, latent));
  return [=, &flow](const Tensor& eps) { return flow.transport(mean + sigma * eps).z; };
}

/// log q of the draws is log N(eps) - log |det dz / deps| with the determinant of differences. These err by
/// some 1e-10 an element, against diagonal elements down to 1e-2.
inline void expect_density_of_the_map(const PosteriorFamily& family, const Tensor& parameters) {
  const auto posterior = family.at(parameters);
  const auto& flow = dynamic_cast<const Flow&>(*posterior);
  const auto map = map_from_noise(flow, parameters, family.latent_space().dimensions);
  Random random(1, "eps");
  Random copy = random;
  const ScoredLatents draws = flow.rsample_scored(2, 3, random);
  const Tensor eps = normal(copy, draws.z.sizes(), parameters.options());
  EXPECT_LT(distance(draws.z, map(eps)), 1e-12);
  const Tensor log_volume = std::get<1>(torch::linalg_slogdet(numerical_jacobian(map, eps)));
  const Tensor zero = torch::zeros_like(eps);
  EXPECT_LT(distance(draws.log_prob, normal_log_prob(eps, zero, zero).sum(-1) - log_volume), 1e-6);
}

/// log p(z) of a banana: z_1 ~ N(0, 1), z_2 ~ N(z_1^2, kBananaVariance). Normalised, so that no
/// E_q[log p(z) - log q(z)] exceeds 0.
constexpr double kBananaVariance = 0.25;
inline Tensor banana_log_prob(const Tensor& z) {
  const Tensor first = z.select(-1, 0), second = z.select(-1, 1);
  const Tensor zero = torch::zeros_like(first);
  return normal_log_prob(first, zero, zero) +
         normal_log_prob(second, first.square(), zero + std::log(kBananaVariance));
}

/// What the best diagonal Gaussian reaches: N(0, a) for z_1, N(a, v) for z_2 gives
/// -(a - 1 - log a) / 2 - a^2 / v, whose maximum has 4 a^2 / v + a - 1 = 0.
inline double best_gaussian_of_the_banana() {
  constexpr double v = kBananaVariance;
  const double a = (std::sqrt(1 + 16 / v) - 1) / (8 / v);
  return -0.5 * (a - 1 - std::log(a)) - a * a / v;
}

struct Estimate {
  double mean;
  double standard_error;
};

/// E_q[log p(z) - log q(z)] of the banana after a fit by gradient steps.
inline Estimate fit_to_the_banana(PosteriorFamily& family) {
  constexpr int kSteps = 500;
  constexpr double kRate = 0.05;
  Random start(1, "start");
  Tensor parameters = 0.3 * normal(start, {1, family.parameters_per_picture()}, kFloat64);
  parameters.requires_grad_();
  std::vector<Tensor> leaves = family.parameters();
  leaves.push_back(parameters);
  torch::optim::Adam optimizer(leaves, torch::optim::AdamOptions(kRate));
  const auto bound = [&](int64_t draws, uint64_t step) {
    Random random(1, "fit", step);
    const ScoredLatents latents = family.at(parameters)->rsample_scored(1, draws, random);
    return (banana_log_prob(latents.z) - latents.log_prob).flatten();
  };
  for (int step = 0; step < kSteps; ++step) {
    // To zero along half a cosine: what is left of the gradient's noise averages out.
    const double rate = kRate * 0.5 * (1 + std::cos(std::numbers::pi * step / kSteps));
    static_cast<torch::optim::AdamOptions&>(optimizer.param_groups()[0].options()).lr(rate);
    optimizer.zero_grad();
    (-bound(128, static_cast<uint64_t>(step)).mean()).backward();
    optimizer.step();
  }
  const at::NoGradGuard guard;
  constexpr int64_t kDraws = 50'000;
  const Tensor values = bound(kDraws, static_cast<uint64_t>(kSteps));
  return {values.mean().item<double>(), values.std().item<double>() / std::sqrt(static_cast<double>(kDraws))};
}

}  // namespace vae::test
