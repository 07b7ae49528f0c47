// The gradient through z as a function of noise.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "data/dataset.h"
#include "objectives/estimator.h"

namespace vae {

struct ReparameterizedConfig {
  static constexpr std::string_view kType = "reparameterized";
  static constexpr std::string_view kHelp = "Through z = g(eps, lambda).";
  bool operator==(const ReparameterizedConfig&) const = default;
};

inline constexpr auto fields(Tag<ReparameterizedConfig>) { return std::tuple{}; }

/// grad E_eps[f(g(eps, lambda), lambda)] = E_eps[grad f(g(eps, lambda), lambda)]. Kingma and Welling 2014,
/// section 2.4; Rezende, Mohamed and Wierstra 2014, section 3.
class Reparameterized : public Estimator {
 public:
  EstimatorDraws draw(const Posterior& posterior, const DrawRequest& request, Random& random) override;
  Tensor surrogate(const Tensor& x, const EstimatorDraws& draws, const Tensor& log_weights,
                   const Bound& bound) override;
};

std::shared_ptr<Estimator> make_estimator(const ReparameterizedConfig& config, const PictureShape& picture);

}  // namespace vae
