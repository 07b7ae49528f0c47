// The score function's gradient.
#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "config/fields.h"
#include "data/dataset.h"
#include "objectives/baseline.h"
#include "objectives/estimator.h"

namespace vae {

struct ReinforceConfig {
  static constexpr std::string_view kType = "reinforce";
  static constexpr std::string_view kHelp =
      "The score function: each draw's log q(z | x) by how much better than a baseline it did.";
  BaselineConfig baseline = {};
  bool operator==(const ReinforceConfig&) const = default;
};

inline constexpr auto fields(Tag<ReinforceConfig>) {
  return std::tuple{
      field("baseline", &ReinforceConfig::baseline,
            "What a draw's value is compared with; the mean does not change."),
  };
}

/// grad E_q[f] = E_q[(f - b) grad log q(z; lambda) + grad_lambda f], for any q that can be scored. Williams
/// 1992; Paisley, Blei and Jordan 2012; with samples left out for baselines RLOO (Salimans and Knowles 2014;
/// Kool, van Hoof and Welling 2019) and VIMCO (Mnih and Rezende 2016).
class Reinforce : public Estimator {
 public:
  Reinforce(const ReinforceConfig& config, const PictureShape& picture);

  void initialize(Random random) override { baseline_->initialize(random); }
  EstimatorDraws draw(const Posterior& posterior, const DrawRequest& request, Random& random) override;
  Tensor surrogate(const Tensor& x, const EstimatorDraws& draws, const Tensor& log_weights,
                   const Bound& bound) override;

 private:
  std::shared_ptr<Baseline> baseline_;
};

std::shared_ptr<Estimator> make_estimator(const ReinforceConfig& config, const PictureShape& picture);

}  // namespace vae
