#include "kernels/diagonal_gaussian.h"

#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <numbers>

#include "core/target_clones.h"
#include "core/vector_math.h"
#include "kernels/fused.h"

namespace vae {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

const float kLogTwoPi = static_cast<float>(std::log(2 * std::numbers::pi));

/// Rows of a matrix whose columns are neighbours: the encoder's output is cut into such halves.
struct Rows {
  const float* first;
  int64_t stride;
  const float* operator[](int64_t i) const { return first + i * stride; }
};

Rows rows(const Tensor& matrix) { return {matrix.const_data_ptr<float>(), matrix.stride(0)}; }

Tensor with_dense_rows(const Tensor& matrix) { return matrix.stride(1) == 1 ? matrix : matrix.contiguous(); }

bool are_parameters(const Tensor& mean, const Tensor& log_variance) {
  return mean.dim() == 2 && mean.sizes() == log_variance.sizes() && mean.numel() > 0;
}

bool are_latents(const Tensor& z, const Tensor& mean) {
  return z.dim() >= 2 && z.sizes().slice(static_cast<size_t>(z.dim() - 2)) == mean.sizes();
}

VAE_TARGET_CLONES void draw_row(const float* mean, const float* log_variance, const float* eps, int64_t count,
                                float* z) {
#pragma omp simd
  for (int64_t j = 0; j < count; ++j) z[j] = mean[j] + exp_of(0.5F * log_variance[j]) * eps[j];
}

/// dz/dmean = 1, dz/dlog_variance = sigma eps / 2, summed over the draws of a picture, `stride` elements
/// apart.
VAE_TARGET_CLONES void differentiate_draws(const float* log_variance, const float* eps, const float* gradient,
                                           int64_t draws, int64_t stride, int64_t count, float* of_mean,
                                           float* of_log_variance) {
  for (int64_t k = 0; k < draws; ++k, eps += stride, gradient += stride) {
#pragma omp simd
    for (int64_t j = 0; j < count; ++j) {
      of_mean[j] += gradient[j];
      of_log_variance[j] += gradient[j] * eps[j];
    }
  }
#pragma omp simd
  for (int64_t j = 0; j < count; ++j) of_log_variance[j] *= 0.5F * exp_of(0.5F * log_variance[j]);
}

/// exp(v) - 1 - v without cancellation near 0, where it is v^2 / 2.
[[gnu::always_inline]] inline float excess_of_exp(float v) {
  float p = 1.0F / 3628800;  // the series of exp, from v^10 / 10! down to v^2 / 2!
  p = p * v + 1.0F / 362880;
  p = p * v + 1.0F / 40320;
  p = p * v + 1.0F / 5040;
  p = p * v + 1.0F / 720;
  p = p * v + 1.0F / 120;
  p = p * v + 1.0F / 24;
  p = p * v + 1.0F / 6;
  p = p * v + 0.5F;
  const float exp = exp_of(v);
  return v > -1 && v < 1 ? p * v * v : exp - 1 - v;
}

VAE_TARGET_CLONES void kl_row(const float* mean, const float* log_variance, int64_t count, float* kl) {
#pragma omp simd
  for (int64_t j = 0; j < count; ++j) kl[j] = 0.5F * (mean[j] * mean[j] + excess_of_exp(log_variance[j]));
}

VAE_TARGET_CLONES void differentiate_kl(const float* mean, const float* log_variance, const float* gradient,
                                        int64_t count, float* of_mean, float* of_log_variance) {
#pragma omp simd
  for (int64_t j = 0; j < count; ++j) {
    const float v = log_variance[j];
    of_mean[j] = gradient[j] * mean[j];
    of_log_variance[j] = 0.5F * gradient[j] * (excess_of_exp(v) + v);
  }
}

VAE_TARGET_CLONES float log_prob_row(const float* z, const float* mean, const float* log_variance,
                                     int64_t count) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t j = 0; j < count; ++j) {
    const float distance = z[j] - mean[j];
    sum += kLogTwoPi + log_variance[j] + distance * distance * exp_of(-log_variance[j]);
  }
  return -0.5F * sum;
}

/// Of log_prob_row with respect to z, and, added up, to the parameters.
VAE_TARGET_CLONES void differentiate_log_prob(const float* z, const float* mean, const float* log_variance,
                                              float gradient, int64_t count, float* of_z, float* of_mean,
                                              float* of_log_variance) {
#pragma omp simd
  for (int64_t j = 0; j < count; ++j) {
    const float distance = z[j] - mean[j];
    const float slope = gradient * distance * exp_of(-log_variance[j]);
    of_z[j] = -slope;
    of_mean[j] += slope;
    of_log_variance[j] += 0.5F * (slope * distance - gradient);
  }
}

Tensor draw(const Tensor& mean, const Tensor& log_variance, const Tensor& eps) {
  Tensor z = torch::empty_like(eps);
  const int64_t pictures = mean.size(0), latent = mean.size(1);
  const Rows means = rows(mean), log_variances = rows(log_variance);
  const float* noise = eps.const_data_ptr<float>();
  float* out = z.data_ptr<float>();
  for_each_row(eps.numel() / latent, latent, [=](int64_t i) {
    const int64_t n = i % pictures;
    draw_row(means[n], log_variances[n], noise + i * latent, latent, out + i * latent);
  });
  return z;
}

class Reparameterize : public torch::autograd::Function<Reparameterize> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& mean, const Tensor& log_variance,
                        const Tensor& eps) {
    context->save_for_backward({log_variance, eps});
    return draw(mean, log_variance, eps);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    require_first_derivative("reparameterize");
    const variable_list saved = context->get_saved_variables();
    const Tensor gradient = gradients[0].contiguous();
    const int64_t pictures = saved[0].size(0), latent = saved[0].size(1);
    Tensor of_mean = torch::zeros({pictures, latent}, gradient.options());
    Tensor of_log_variance = torch::zeros({pictures, latent}, gradient.options());
    const Rows log_variances = rows(saved[0]);
    const float* eps = saved[1].const_data_ptr<float>();
    const float* incoming = gradient.const_data_ptr<float>();
    float* means = of_mean.data_ptr<float>();
    float* variances = of_log_variance.data_ptr<float>();
    const int64_t draws = gradient.numel() / of_mean.numel();
    for_each_row(pictures, draws * latent, [=](int64_t n) {
      differentiate_draws(log_variances[n], eps + n * latent, incoming + n * latent, draws, pictures * latent,
                          latent, means + n * latent, variances + n * latent);
    });
    return {of_mean, of_log_variance, Tensor()};
  }
};

Tensor kl(const Tensor& mean, const Tensor& log_variance) {
  const int64_t latent = mean.size(1);
  Tensor result = torch::empty(mean.sizes(), mean.options());
  const Rows means = rows(mean), log_variances = rows(log_variance);
  float* out = result.data_ptr<float>();
  for_each_row(mean.size(0), latent,
               [=](int64_t n) { kl_row(means[n], log_variances[n], latent, out + n * latent); });
  return result;
}

class KlToStandardNormal : public torch::autograd::Function<KlToStandardNormal> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& mean, const Tensor& log_variance) {
    context->save_for_backward({mean, log_variance});
    return kl(mean, log_variance);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    require_first_derivative("kl_to_standard_normal");
    const variable_list saved = context->get_saved_variables();
    const Tensor gradient = gradients[0].contiguous();
    Tensor of_mean = torch::empty_like(gradient), of_log_variance = torch::empty_like(gradient);
    const Rows means = rows(saved[0]), log_variances = rows(saved[1]), incoming = rows(gradient);
    const int64_t latent = gradient.size(1);
    float* first = of_mean.data_ptr<float>();
    float* second = of_log_variance.data_ptr<float>();
    for_each_row(gradient.size(0), latent, [=](int64_t n) {
      differentiate_kl(means[n], log_variances[n], incoming[n], latent, first + n * latent,
                       second + n * latent);
    });
    return {of_mean, of_log_variance};
  }
};

Tensor log_prob(const Tensor& z, const Tensor& mean, const Tensor& log_variance) {
  Tensor result = torch::empty(z.sizes().slice(0, static_cast<size_t>(z.dim() - 1)), z.options());
  const int64_t pictures = mean.size(0), latent = mean.size(1);
  const Rows means = rows(mean), log_variances = rows(log_variance);
  const float* latents = z.const_data_ptr<float>();
  float* out = result.data_ptr<float>();
  for_each_row(result.numel(), latent, [=](int64_t i) {
    const int64_t n = i % pictures;
    out[i] = log_prob_row(latents + i * latent, means[n], log_variances[n], latent);
  });
  return result;
}

class DiagonalGaussianLogProb : public torch::autograd::Function<DiagonalGaussianLogProb> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& z, const Tensor& mean,
                        const Tensor& log_variance) {
    context->save_for_backward({z, mean, log_variance});
    return log_prob(z, mean, log_variance);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    require_first_derivative("diagonal_gaussian_log_prob");
    const variable_list saved = context->get_saved_variables();
    const Tensor gradient = gradients[0].contiguous();
    const int64_t pictures = saved[1].size(0), latent = saved[1].size(1);
    Tensor of_z = torch::empty_like(saved[0]);
    Tensor of_mean = torch::zeros({pictures, latent}, gradient.options());
    Tensor of_log_variance = torch::zeros({pictures, latent}, gradient.options());
    const float* z = saved[0].const_data_ptr<float>();
    const Rows means = rows(saved[1]), log_variances = rows(saved[2]);
    const float* incoming = gradient.const_data_ptr<float>();
    float* first = of_z.data_ptr<float>();
    float* second = of_mean.data_ptr<float>();
    float* third = of_log_variance.data_ptr<float>();
    const int64_t draws = gradient.numel() / pictures;
    for_each_row(pictures, draws * latent, [=](int64_t n) {
      for (int64_t i = n; i < draws * pictures; i += pictures) {
        differentiate_log_prob(z + i * latent, means[n], log_variances[n], incoming[i], latent,
                               first + i * latent, second + n * latent, third + n * latent);
      }
    });
    return {of_z, of_mean, of_log_variance};
  }
};

}  // namespace

namespace reference {

Tensor reparameterize(const Tensor& mean, const Tensor& log_variance, const Tensor& eps) {
  return mean + torch::exp(0.5 * log_variance) * eps;
}

Tensor kl_to_standard_normal(const Tensor& mean, const Tensor& log_variance) {
  // expm1(v) - v rather than exp(v) - 1 - v: near the prior the difference is all there is.
  return 0.5 * (mean.square() + torch::expm1(log_variance) - log_variance);
}

Tensor diagonal_gaussian_log_prob(const Tensor& z, const Tensor& mean, const Tensor& log_variance) {
  const double log_two_pi = std::log(2 * std::numbers::pi);
  return -0.5 * (log_two_pi + log_variance + (z - mean).square() * torch::exp(-log_variance)).sum(-1);
}

}  // namespace reference

Tensor reparameterize(const Tensor& mean, const Tensor& log_variance, const Tensor& eps) {
  const bool fits = are_parameters(mean, log_variance) && are_latents(eps, mean) && !needs_gradient(eps);
  if (!can_fuse(mean, log_variance, eps) || !fits) return reference::reparameterize(mean, log_variance, eps);
  const Tensor means = with_dense_rows(mean), log_variances = with_dense_rows(log_variance);
  if (!needs_gradient(mean, log_variance)) return draw(means, log_variances, eps.contiguous());
  return Reparameterize::apply(means, log_variances, eps.contiguous());
}

Tensor kl_to_standard_normal(const Tensor& mean, const Tensor& log_variance) {
  if (!can_fuse(mean, log_variance) || !are_parameters(mean, log_variance)) {
    return reference::kl_to_standard_normal(mean, log_variance);
  }
  const Tensor means = with_dense_rows(mean), log_variances = with_dense_rows(log_variance);
  if (!needs_gradient(mean, log_variance)) return kl(means, log_variances);
  return KlToStandardNormal::apply(means, log_variances);
}

Tensor diagonal_gaussian_log_prob(const Tensor& z, const Tensor& mean, const Tensor& log_variance) {
  const bool fits = are_parameters(mean, log_variance) && are_latents(z, mean);
  if (!can_fuse(z, mean, log_variance) || !fits) {
    return reference::diagonal_gaussian_log_prob(z, mean, log_variance);
  }
  const Tensor means = with_dense_rows(mean), log_variances = with_dense_rows(log_variance);
  if (!needs_gradient(z, mean, log_variance)) return log_prob(z.contiguous(), means, log_variances);
  return DiagonalGaussianLogProb::apply(z.contiguous(), means, log_variances);
}

}  // namespace vae
