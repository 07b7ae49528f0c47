// The evidence lower bound.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/fields.h"
#include "objectives/estimators.h"
#include "objectives/objective.h"

namespace vae {

enum class KlEstimate { automatic, closed_form, sampled };

inline constexpr auto names(Tag<KlEstimate>) {
  using Name = std::pair<std::string_view, KlEstimate>;
  return std::array{Name{"auto", KlEstimate::automatic}, Name{"closed_form", KlEstimate::closed_form},
                    Name{"sampled", KlEstimate::sampled}};
}

struct ElboConfig {
  static constexpr std::string_view kType = "elbo";
  static constexpr std::string_view kHelp = "E_q log p(x | z) - beta KL(q(z | x) || p(z)).";
  int64_t samples = 1;
  KlEstimate kl = KlEstimate::automatic;
  double beta = 1;
  int64_t beta_warmup_steps = 0;
  double free_bits = 0;
  EstimatorConfig estimator = {};
  bool operator==(const ElboConfig&) const = default;
};

inline constexpr auto fields(Tag<ElboConfig>) {
  return std::tuple{
      field("samples", &ElboConfig::samples, at_least(1), "Draws of z for each picture."),
      field("kl", &ElboConfig::kl,
            "The KL divergence by its formula, or as log q(z | x) - log p(z) at the draws; auto takes the "
            "formula where "
            "there is one."),
      field("beta", &ElboConfig::beta, non_negative, "Weight of the KL divergence, summed over dimensions."),
      field("beta_warmup_steps", &ElboConfig::beta_warmup_steps, non_negative,
            "Steps over which the weight grows linearly from 0 to beta."),
      field("free_bits", &ElboConfig::free_bits, non_negative,
            "Nats below which the KL of a latent dimension, averaged over the batch, is not reduced."),
      field("estimator", &ElboConfig::estimator, "How the gradient reaches q."),
  };
}

std::optional<std::string> check(const ElboConfig& config);

/// UsageError where the estimator asks of the posterior what it cannot do.
void require_fit(const ElboConfig& config, const PosteriorFamily& posterior);

/// mean over the batch of  1/M sum_m log p(x | z_m) - beta KL, z_m ~ q(z | x). Kingma and Welling 2014, eq. 7
/// and 10; beta: Higgins et al. 2017; free bits: sum_j max(lambda, mean KL_j), Kingma et al. 2016, eq. 14.
class Elbo : public Objective {
 public:
  Elbo(const ElboConfig& config, const PictureShape& picture);

  void initialize(Random random) override { estimator_->initialize(random); }
  Terms evaluate(const Vae& model, const Posterior& posterior, const Batch& batch, Random& random,
                 const ObjectiveStep& step) override;
  std::optional<double> kl_weight(int64_t step) const override;
  bool is_one_function() const override { return config_.estimator.is<ReparameterizedConfig>(); }

 private:
  double beta(int64_t step) const;
  Tensor weighted(const Tensor& kl, const ObjectiveStep& step) const;
  Tensor penalty(const Tensor& kl_per_dimension) const;

  ElboConfig config_;
  std::shared_ptr<Estimator> estimator_;
};

std::shared_ptr<Objective> make_objective(const ElboConfig& config, const PictureShape& picture);

}  // namespace vae
