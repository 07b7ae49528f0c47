// The doubly reparameterised gradient of importance-weighted bounds.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "data/dataset.h"
#include "objectives/estimator.h"

namespace vae {

struct DregConfig {
  static constexpr std::string_view kType = "dreg";
  static constexpr std::string_view kHelp =
      "Doubly reparameterised: through z alone, for the importance-weighted bound each draw by the square of "
      "its share.";
  bool operator==(const DregConfig&) const = default;
};

inline constexpr auto fields(Tag<DregConfig>) { return std::tuple{}; }

/// Of a bound f with g_k = d f / d log w_k:
///   for theta  sum_k g_k d log w_k / d theta
///   for q      sum_k (g_k - d g_k / d log w_k) (d log w_k / d z_k) (d z_k / d lambda),
/// where the score's part, -sum_k g_k d log q(z_k) / d lambda, was reparameterised a second time. For the
/// importance-weighted bound, g_k = v_k = w_k / sum_j w_j, the factor is v_k^2: Tucker, Lawson, Gu and
/// Maddison 2019. Unbiased, and its signal does not drown as K grows.
class Dreg : public Estimator {
 public:
  EstimatorDraws draw(const Posterior& posterior, const DrawRequest& request, Random& random) override;
  Tensor surrogate(const Tensor& x, const EstimatorDraws& draws, const Tensor& log_weights,
                   const Bound& bound) override;
};

std::shared_ptr<Estimator> make_estimator(const DregConfig& config, const PictureShape& picture);

}  // namespace vae
