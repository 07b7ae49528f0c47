// Posterior of categories.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "config/fields.h"
#include "distributions/posterior.h"

namespace vae {

/// What a draw of categories is where its gradient is asked for.
enum class Relaxation {
  gumbel_softmax,   // the relaxed draw
  straight_through  // one-hot, with the relaxed draw's gradient
};

inline constexpr auto names(Tag<Relaxation>) {
  using Name = std::pair<std::string_view, Relaxation>;
  return std::array{Name{"gumbel_softmax", Relaxation::gumbel_softmax},
                    Name{"straight_through", Relaxation::straight_through}};
}

struct CategoricalPosteriorConfig {
  static constexpr std::string_view kType = "categorical";
  static constexpr std::string_view kHelp =
      "Variables of a few categories each; the encoder gives a logit for each. Training relaxes them, which "
      "biases its gradient; evaluation does not.";
  int64_t categories = 10;
  Relaxation relaxation = Relaxation::gumbel_softmax;
  double temperature = 0.67;
  bool operator==(const CategoricalPosteriorConfig&) const = default;
};

inline constexpr auto fields(Tag<CategoricalPosteriorConfig>) {
  using Config = CategoricalPosteriorConfig;
  return std::tuple{
      field("categories", &Config::categories, closed(2, 1 << 16),
            "Categories of each variable; model.latent is a multiple of it."),
      field(
          "relaxation", &Config::relaxation,
          "The biased surrogate that training differentiates: the relaxed draw itself, or one-hot draws with "
          "its gradient."),
      field("temperature", &Config::temperature, positive,
            "Of the relaxation: the lower, the less biased and the noisier the gradient."),
  };
}

/// q(z | x) = prod_v Categorical(z_v; pi_v), pi_v the softmax of the encoder's logits, z_v one-hot.
/// `sample` draws by Gumbel-max, one_hot(argmax_c log pi_c + g_c). `rsample` is a biased surrogate: with the
/// same g, softmax((log pi + g) / temperature), Jang, Gu and Poole 2017, eq. 2; Maddison, Mnih and Teh 2017,
/// eq. 10; or with straight_through the one-hot draw forward and the gradient of the relaxed one, Jang et al.
/// 2017, section 2.2.
class CategoricalPosterior : public Posterior {
 public:
  /// logits [N, variables, categories].
  CategoricalPosterior(const Tensor& logits, Relaxation relaxation, double temperature);

  Tensor rsample(int64_t importance_samples, int64_t samples, Random& random) const override;
  ScoredLatents sample(int64_t importance_samples, int64_t samples, Random& random) const override;

  /// sum_v sum_c z_vc log pi_vc, of one-hot z.
  Tensor log_prob(const Tensor& z) const override;

  /// pi.
  Tensor mean() const override { return log_pi_.exp().flatten(1); }

  /// Of the one-hot numbers: sqrt(pi (1 - pi)).
  std::optional<Tensor> deviation() const override { return (mean() * (1 - mean())).sqrt(); }

  /// To the uniform prior log categories - entropy.
  std::optional<Tensor> kl_per_dimension(const Prior& prior) const override;
  std::unique_ptr<Posterior> detached() const override;

 private:
  Tensor perturbed(int64_t importance_samples, int64_t samples, Random& random) const;  // log pi + g

  Tensor log_pi_;  // [N, variables, categories]
  Relaxation relaxation_;
  double temperature_;
};

/// UsageError where the dimensions are not a multiple of the categories.
std::shared_ptr<PosteriorFamily> make_posterior(const CategoricalPosteriorConfig& config, int64_t latent);

}  // namespace vae
