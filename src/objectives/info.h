// The ELBO with a distance between the aggregate posterior and the prior.
#pragma once

#include <memory>
#include <string_view>

#include "config/fields.h"
#include "objectives/objective.h"

namespace vae {

struct InfoConfig {
  static constexpr std::string_view kType = "info";
  static constexpr std::string_view kHelp =
      "InfoVAE: E log p(x | z) - (1 - alpha) KL(q(z | x) || p(z)) - (alpha + lambda - 1) MMD(q(z), p(z)).";
  double alpha = 0;
  double lambda = 1000;
  bool operator==(const InfoConfig&) const = default;
};

inline constexpr auto fields(Tag<InfoConfig>) {
  return std::tuple{
      field("alpha", &InfoConfig::alpha, closed(-1000, 1),
            "Weight of the mutual information of x and z; 1 leaves the MMD alone."),
      field("lambda", &InfoConfig::lambda, non_negative, "Weight of the divergence between q(z) and p(z)."),
  };
}

/// Unbiased estimate of the squared maximum mean discrepancy of a [B, D] and b [B, D], B >= 2, with the
/// kernel exp(-|x - y|^2 / D): Gretton et al. 2012; the kernel of Zhao, Song and Ermon 2017.
Tensor squared_mmd(const Tensor& a, const Tensor& b);

/// Zhao, Song and Ermon 2017, "InfoVAE", with the maximum mean discrepancy as divergence.
class Info : public Objective {
 public:
  explicit Info(const InfoConfig& config) : config_(config) {}
  Terms evaluate(const Vae& model, const Posterior& posterior, const Batch& batch, Random& random,
                 const ObjectiveStep& step) override;

 private:
  InfoConfig config_;
};

inline void require_fit(const InfoConfig&, const PosteriorFamily&) {}

std::shared_ptr<Objective> make_objective(const InfoConfig& config, const PictureShape& picture);

}  // namespace vae
