#include "model/linear_gaussian.h"

#include <algorithm>

namespace vae {
namespace {

const GaussianConfig* gaussian(const ModelConfig& config) {
  return config.likelihood.get_if<GaussianConfig>();
}

bool is_linear(const NetworkConfig& decoder) {
  const auto* mlp = decoder.get_if<MlpConfig>();
  return mlp && mlp->hidden.empty();
}

bool has_one_variance(const GaussianConfig& likelihood) {
  return !likelihood.mean_constraint &&
         (likelihood.variance.is<FixedVarianceConfig>() || likelihood.variance.is<LearnedVarianceConfig>());
}

}  // namespace

std::optional<std::string> check_linear_gaussian(const ModelConfig& config) {
  if (!is_linear(config.decoder)) {
    return "needs a linear decoder: set model.decoder to {\"type\": \"mlp\", \"hidden\": []}";
  }
  if (!gaussian(config) || !has_one_variance(*gaussian(config))) {
    return "needs model.likelihood \"gaussian\" with a free mean and the variance \"fixed\" or \"learned\"";
  }
  if (!config.prior.is<StandardNormalConfig>()) return "needs model.prior \"standard_normal\"";
  if (!config.posterior.is<FullGaussianConfig>()) {
    return "gives a posterior with a full covariance: set model.posterior to \"full_gaussian\"";
  }
  if (config.condition) return "knows no classes: set model.condition to null";
  return std::nullopt;
}

LinearGaussian::LinearGaussian(const Vae& model, const ModelConfig& config)
    : variance_config_(gaussian(config)->variance) {
  const auto parameters = model.named_parameters();
  weight_ = parameters["decoder.mlp.output.weight"].detach();
  bias_ = parameters["decoder.mlp.output.bias"].detach();
  if (variance_config_.is<LearnedVarianceConfig>()) {
    raw_variance_ = parameters["likelihood.variance.raw"].detach();
  }
}

double LinearGaussian::variance() const {
  if (const auto* fixed = variance_config_.get_if<FixedVarianceConfig>()) return fixed->value;
  const auto* learned = variance_config_.get_if<LearnedVarianceConfig>();
  return constrain(raw_variance_.to(torch::kDouble), learned->constraint, learned->floor).item<double>();
}

LinearGaussian::Exact LinearGaussian::exact(const Tensor& x) const {
  const Tensor weight = weight_.to(torch::kDouble);
  const Tensor centred = x.flatten(1).to(torch::kDouble) - bias_.to(torch::kDouble);
  const Tensor identity = torch::eye(weight.size(1), weight.options());
  const Tensor inverse = torch::cholesky_inverse(
      torch::linalg_cholesky(torch::matmul(weight.t(), weight) + variance() * identity));
  return {.means = torch::matmul(torch::matmul(centred, weight), inverse),
          .covariance = variance() * inverse};
}

Tensor LinearGaussian::posterior_parameters(const Tensor& x) const {
  const torch::NoGradGuard no_grad;
  const auto [means, covariance] = exact(x);
  const Tensor scale = torch::linalg_cholesky(covariance);
  const int64_t latent = scale.size(0);
  const Tensor places = torch::tril_indices(latent, latent, -1, scale.options().dtype(torch::kLong));
  const Tensor shared = torch::cat({scale.diagonal().log(), scale.index({places[0], places[1]})});
  return torch::cat({means, shared.expand({means.size(0), -1})}, 1).to(x.scalar_type());
}

LinearGaussianMoments LinearGaussian::moments(const Tensor& x) const {
  const torch::NoGradGuard no_grad;
  const auto [means, covariance] = exact(x);
  const Tensor flat = x.flatten(1).to(torch::kDouble);
  const Tensor ones = torch::ones({means.size(0), 1}, means.options());
  const Tensor extended = torch::cat({means, ones}, 1);
  Tensor second = torch::matmul(extended.t(), extended);
  const int64_t latent = means.size(1);
  second.narrow(0, 0, latent).narrow(1, 0, latent).add_(covariance, static_cast<double>(means.size(0)));
  return {.pictures = ones.sum(),
          .square = flat.square().sum(),
          .cross = torch::matmul(flat.t(), extended),
          .second = second};
}

// Regression of x on (z, 1), with their moments in place of their values.
void LinearGaussian::maximise(const LinearGaussianMoments& moments) {
  const torch::NoGradGuard no_grad;
  const Tensor solution = torch::linalg_solve(moments.second, moments.cross.t()).t();  // [W, b]
  const int64_t latent = weight_.size(1);
  weight_.copy_(solution.narrow(1, 0, latent));
  bias_.copy_(solution.select(1, latent));
  const auto* learned = variance_config_.get_if<LearnedVarianceConfig>();
  if (!learned) return;
  const Tensor residual = moments.square - (solution * moments.cross).sum();
  const Tensor variance = residual / (moments.pictures * static_cast<double>(bias_.numel()));
  raw_variance_.copy_(unconstrain(variance, learned->constraint, learned->floor));
}

}  // namespace vae
