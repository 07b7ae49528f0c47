// Planar flows as posterior.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "distributions/flow.h"

namespace vae {

struct PlanarConfig {
  static constexpr std::string_view kType = "planar";
  static constexpr std::string_view kHelp =
      "Planar flows: a diagonal Gaussian, then steps whose parameters the encoder gives. It cannot score a "
      "given z.";
  int64_t flows = 8;
  bool operator==(const PlanarConfig&) const = default;
};

inline constexpr auto fields(Tag<PlanarConfig>) {
  return std::tuple{field("flows", &PlanarConfig::flows, closed(1, 1000), "Steps.")};
}

/// The direction of a planar step that is invertible.
struct PlanarDirection {
  Tensor u;        // [..., latent]
  Tensor along_w;  // w . u > -1, [...]
};

/// u_hat = u + (m(w . u) - w . u) w / |w|^2: u with its part along w changed so that w . u_hat = m(w . u)
/// > -1, which is what invertibility takes. Rezende and Mohamed 2015, appendix A.1, with an m that differs in
/// two respects from theirs, log(1 + e^a) - 1: m(0) = 0, so that u = 0 is the identity and u_hat stays
/// bounded where w vanishes; and m stays a margin above -1, so that no volume vanishes.
PlanarDirection invertible_direction(const Tensor& u, const Tensor& w);

/// z_0 ~ N(mu, diag(sigma^2)), then z_t = z_{t-1} + u_hat tanh(w . z_{t-1} + b), with u, w and b of each step
/// from the encoder. log |det dz_t / dz_{t-1}| = log(1 + (1 - tanh^2) w . u_hat). Rezende and Mohamed 2015,
/// eq. 10-13. The inverse has no closed form: log_prob of a given z is refused.
class Planar : public Flow {
 public:
  /// u, w: [N, flows, latent]; b: [N, flows].
  Planar(DiagonalGaussian base, Tensor u, Tensor w, Tensor b);

  Transported transport(const Tensor& z) const override;
  Tensor log_prob(const Tensor& z) const override;
  std::unique_ptr<Posterior> detached() const override;

 private:
  Tensor u_;
  Tensor w_;
  Tensor b_;
};

/// Parameters of a picture: latent numbers mu, latent log sigma^2, then u of every step, w of every step, b
/// of every step.
std::shared_ptr<PosteriorFamily> make_posterior(const PlanarConfig& config, int64_t latent);

}  // namespace vae
