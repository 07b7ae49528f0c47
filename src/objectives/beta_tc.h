// The ELBO with its KL divergence taken apart, the total correlation weighted.
#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "config/fields.h"
#include "objectives/objective.h"

namespace vae {

/// How log q(z) is estimated from a minibatch.
enum class AggregateSampling { stratified, weighted };

inline constexpr auto names(Tag<AggregateSampling>) {
  using Name = std::pair<std::string_view, AggregateSampling>;
  return std::array{Name{"stratified", AggregateSampling::stratified},
                    Name{"weighted", AggregateSampling::weighted}};
}

struct BetaTcConfig {
  static constexpr std::string_view kType = "beta_tc";
  static constexpr std::string_view kHelp =
      "The ELBO with weights for the three parts of the KL: mutual information, total correlation, and the "
      "dimensions' "
      "own KL.";
  double alpha = 1;
  double beta = 6;
  double gamma = 1;
  AggregateSampling sampling = AggregateSampling::stratified;
  bool operator==(const BetaTcConfig&) const = default;
};

inline constexpr auto fields(Tag<BetaTcConfig>) {
  return std::tuple{
      field("alpha", &BetaTcConfig::alpha, non_negative,
            "Weight of the mutual information of z and the picture."),
      field("beta", &BetaTcConfig::beta, non_negative,
            "Weight of the total correlation, KL(q(z) || prod_j q(z_j))."),
      field("gamma", &BetaTcConfig::gamma, non_negative, "Weight of sum_j KL(q(z_j) || p(z_j))."),
      field("sampling", &BetaTcConfig::sampling,
            "How q(z) over all pictures is estimated from a batch: stratified is unbiased for the mean over "
            "batches "
            "inside the logarithm, weighted is off by log N for a batch of all N."),
  };
}

/// log of the estimates of q(z) and of each q(z_j), z_i drawn for picture i of a batch of B out of
/// `population` pictures: [B] and [B, latent]. `densities` [B, B, latent]: log q(z_ij | x_l) of draw i,
/// picture l, dimension j. Chen, Li, Grosse and Duvenaud 2018, appendix C.1 (weighted) and C.2 (stratified;
/// the paper gives one of the other pictures another weight, with the same expectation; with equal ones a
/// batch of all pictures gives q(z) exactly).
struct AggregateDensities {
  Tensor joint;
  Tensor marginals;
};
AggregateDensities aggregate_densities(const Tensor& densities, int64_t population,
                                       AggregateSampling sampling);

/// E log p(x | z) - alpha I(z; n) - beta TC(z) - gamma sum_j KL(q(z_j) || p(z_j)): Chen et al. 2018. For a
/// posterior and a prior that factorise over dimensions.
class BetaTc : public Objective {
 public:
  explicit BetaTc(const BetaTcConfig& config) : config_(config) {}
  Terms evaluate(const Vae& model, const Posterior& posterior, const Batch& batch, Random& random,
                 const ObjectiveStep& step) override;

 private:
  BetaTcConfig config_;
};

inline void require_fit(const BetaTcConfig&, const PosteriorFamily&) {}

std::shared_ptr<Objective> make_objective(const BetaTcConfig& config, const PictureShape& picture);

}  // namespace vae
