// Inverse autoregressive flow as posterior.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "config/fields.h"
#include "distributions/flow.h"
#include "distributions/made.h"

namespace vae {

struct IafConfig {
  static constexpr std::string_view kType = "iaf";
  static constexpr std::string_view kHelp =
      "Inverse autoregressive flow: a diagonal Gaussian, then steps by networks that the encoder's context "
      "steers.";
  int64_t flows = 2;
  std::vector<int64_t> hidden = {320};
  int64_t context = 32;
  bool operator==(const IafConfig&) const = default;
};

inline constexpr auto fields(Tag<IafConfig>) {
  return std::tuple{
      field("flows", &IafConfig::flows, closed(1, 1000), "Steps, each with a network of its own."),
      field("hidden", &IafConfig::hidden, positive,
            "Widths of the hidden layers of each network, best not below model.latent; [] is linear."),
      field("context", &IafConfig::context, closed(1, 1 << 16),
            "Numbers that the encoder gives to every network beside mu and log sigma^2."),
  };
}

/// z_0 ~ N(mu, diag(sigma^2)), then z_t = s_t z_{t-1} + (1 - s_t) m_t with gates s_t = sigmoid(a_t), where
/// m_t and a_t of a dimension depend on the context and on the dimensions of z_{t-1} before it; their order
/// turns round between steps. log |det dz_t / dz_{t-1}| = sum_j log s_tj. Kingma et al. 2016, algorithm 1.
/// To draw takes one pass through each network, to score a given z as many as there are dimensions, one
/// after the other: prefer rsample_scored.
class Iaf : public Flow {
 public:
  /// context [N, context]; a step's outputs are m and a.
  Iaf(DiagonalGaussian base, Tensor context, std::vector<AutoregressiveFunction> steps);

  Transported transport(const Tensor& z) const override;

  /// z_0 for given z, with the log-determinant of `transport` there.
  Transported invert(const Tensor& z) const;

  Tensor log_prob(const Tensor& z) const override;
  std::unique_ptr<Posterior> detached() const override;

 private:
  Transported invert_step(const AutoregressiveFunction& step, const Tensor& z) const;

  Tensor context_;
  std::vector<AutoregressiveFunction> steps_;
};

/// Parameters of a picture: latent numbers mu, latent log sigma^2, then the context.
std::shared_ptr<PosteriorFamily> make_posterior(const IafConfig& config, int64_t latent);

}  // namespace vae
