// Sticking the landing: the reparameterised gradient without the score.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "data/dataset.h"
#include "objectives/estimator.h"

namespace vae {

struct StlConfig {
  static constexpr std::string_view kType = "stl";
  static constexpr std::string_view kHelp =
      "Sticking the landing: through z alone, log q(z | x) as a function of z with constant parameters.";
  bool operator==(const StlConfig&) const = default;
};

inline constexpr auto fields(Tag<StlConfig>) { return std::tuple{}; }

/// The reparameterised gradient but for its term - grad_lambda log q(z; lambda) at fixed z, which has mean
/// zero: the variance falls to zero as q becomes the exact posterior. Roeder, Wu and Duvenaud 2017. With more
/// than one importance sample the term's mean is not zero, and the estimate would be biased.
class Stl : public Estimator {
 public:
  EstimatorDraws draw(const Posterior& posterior, const DrawRequest& request, Random& random) override;
  Tensor surrogate(const Tensor& x, const EstimatorDraws& draws, const Tensor& log_weights,
                   const Bound& bound) override;
};

std::shared_ptr<Estimator> make_estimator(const StlConfig& config, const PictureShape& picture);

}  // namespace vae
