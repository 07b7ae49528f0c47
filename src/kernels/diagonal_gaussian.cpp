#include "kernels/diagonal_gaussian.h"

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/tape.h"
#include "core/target_clones.h"
#include "core/vector_math.h"
#include "kernels/fused.h"

namespace vae {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

const float kLogTwoPi = static_cast<float>(std::log(2 * std::numbers::pi));

/// Means and log-variances of a picture after another.
template <class Element>
struct Halves {
  Element* first;
  int64_t stride, latent;
  Element* mean(int64_t n) const { return first + n * stride; }
  Element* log_variance(int64_t n) const { return first + n * stride + latent; }
};

Halves<const float> halves(const Tensor& parameters) {
  return {parameters.const_data_ptr<float>(), parameters.stride(0), parameters.size(1) / 2};
}

/// Of gradients to be filled, dense.
Halves<float> halves_of_gradient(const Tensor& gradient) {
  return {gradient.data_ptr<float>(), gradient.size(1), gradient.size(1) / 2};
}

Tensor with_dense_rows(const Tensor& matrix) { return matrix.stride(1) == 1 ? matrix : matrix.contiguous(); }

bool are_parameters(const Tensor& parameters) { return parameters.dim() == 2 && parameters.numel() > 0; }

bool are_latents(const Tensor& z, const Tensor& parameters) {
  return z.dim() >= 2 && z.size(-2) == parameters.size(0) && 2 * z.size(-1) == parameters.size(1);
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

Tensor draw(const Tensor& parameters, const Tensor& eps) {
  const Tensor z = uninitialized(eps.sizes());
  const Halves<const float> at = halves(parameters);
  const int64_t pictures = parameters.size(0), latent = at.latent;
  const float* noise = eps.const_data_ptr<float>();
  float* out = z.data_ptr<float>();
  const int64_t rows = eps.numel() / latent;
  perform({&parameters, &eps, &z}, [=] {
    for_each_row(rows, latent, [=](int64_t i) {
      const int64_t n = i % pictures;
      draw_row(at.mean(n), at.log_variance(n), noise + i * latent, latent, out + i * latent);
    });
  });
  return z;
}

class Reparameterize : public torch::autograd::Function<Reparameterize> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& parameters, const Tensor& eps) {
    context->save_for_backward({parameters, eps});
    return draw(parameters, eps);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    require_first_derivative("reparameterize");
    const variable_list saved = context->get_saved_variables();
    const Tensor &parameters = saved[0], gradient = gradients[0].contiguous();
    const Tensor result = uninitialized(parameters.sizes());
    const Halves<const float> at = halves(parameters);
    const Halves<float> out = halves_of_gradient(result);
    const int64_t pictures = parameters.size(0), latent = at.latent;
    const float* eps = saved[1].const_data_ptr<float>();
    const float* incoming = gradient.const_data_ptr<float>();
    const int64_t draws = gradient.numel() / (pictures * latent);
    perform({&parameters, &saved[1], &gradient, &result}, [=] {
      for_each_row(pictures, draws * latent, [=](int64_t n) {
        std::fill_n(out.mean(n), 2 * latent, 0.0F);
        differentiate_draws(at.log_variance(n), eps + n * latent, incoming + n * latent, draws,
                            pictures * latent, latent, out.mean(n), out.log_variance(n));
      });
    });
    return {result, Tensor()};
  }
};

Tensor kl(const Tensor& parameters) {
  const Halves<const float> at = halves(parameters);
  const int64_t pictures = parameters.size(0), latent = at.latent;
  const Tensor result = uninitialized({pictures, latent});
  float* out = result.data_ptr<float>();
  perform({&parameters, &result}, [=] {
    for_each_row(pictures, latent,
                 [=](int64_t n) { kl_row(at.mean(n), at.log_variance(n), latent, out + n * latent); });
  });
  return result;
}

class KlToStandardNormal : public torch::autograd::Function<KlToStandardNormal> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& parameters) {
    context->save_for_backward({parameters});
    return kl(parameters);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    require_first_derivative("kl_to_standard_normal");
    const Tensor parameters = context->get_saved_variables()[0], gradient = gradients[0].contiguous();
    const Tensor result = uninitialized(parameters.sizes());
    const Halves<const float> at = halves(parameters);
    const Halves<float> out = halves_of_gradient(result);
    const float* incoming = gradient.const_data_ptr<float>();
    const int64_t pictures = parameters.size(0), latent = at.latent;
    perform({&parameters, &gradient, &result}, [=] {
      for_each_row(pictures, latent, [=](int64_t n) {
        differentiate_kl(at.mean(n), at.log_variance(n), incoming + n * latent, latent, out.mean(n),
                         out.log_variance(n));
      });
    });
    return {result};
  }
};

Tensor log_prob(const Tensor& z, const Tensor& parameters) {
  const Tensor result = uninitialized(z.sizes().slice(0, static_cast<size_t>(z.dim() - 1)));
  const Halves<const float> at = halves(parameters);
  const int64_t pictures = parameters.size(0), latent = at.latent;
  const float* latents = z.const_data_ptr<float>();
  float* out = result.data_ptr<float>();
  const int64_t rows = result.numel();
  perform({&z, &parameters, &result}, [=] {
    for_each_row(rows, latent, [=](int64_t i) {
      const int64_t n = i % pictures;
      out[i] = log_prob_row(latents + i * latent, at.mean(n), at.log_variance(n), latent);
    });
  });
  return result;
}

class DiagonalGaussianLogProb : public torch::autograd::Function<DiagonalGaussianLogProb> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& z, const Tensor& parameters) {
    context->save_for_backward({z, parameters});
    return log_prob(z, parameters);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    require_first_derivative("diagonal_gaussian_log_prob");
    const variable_list saved = context->get_saved_variables();
    const Tensor &z = saved[0], &parameters = saved[1], gradient = gradients[0].contiguous();
    const Tensor of_z = uninitialized(z.sizes()), of_parameters = uninitialized(parameters.sizes());
    const Halves<const float> at = halves(parameters);
    const Halves<float> out = halves_of_gradient(of_parameters);
    const int64_t pictures = parameters.size(0), latent = at.latent;
    const float* latents = z.const_data_ptr<float>();
    const float* incoming = gradient.const_data_ptr<float>();
    float* latents_out = of_z.data_ptr<float>();
    const int64_t draws = gradient.numel() / pictures;
    perform({&z, &parameters, &gradient, &of_z, &of_parameters}, [=] {
      for_each_row(pictures, draws * latent, [=](int64_t n) {
        std::fill_n(out.mean(n), 2 * latent, 0.0F);
        for (int64_t i = n; i < draws * pictures; i += pictures) {
          differentiate_log_prob(latents + i * latent, at.mean(n), at.log_variance(n), incoming[i], latent,
                                 latents_out + i * latent, out.mean(n), out.log_variance(n));
        }
      });
    });
    return {of_z, of_parameters};
  }
};

}  // namespace

namespace reference {

Tensor reparameterize(const Tensor& parameters, const Tensor& eps) {
  const std::vector<Tensor> half = parameters.chunk(2, -1);
  return half[0] + torch::exp(0.5 * half[1]) * eps;
}

Tensor kl_to_standard_normal(const Tensor& parameters) {
  const std::vector<Tensor> half = parameters.chunk(2, -1);
  // expm1(v) - v rather than exp(v) - 1 - v: near the prior the difference is all there is.
  return 0.5 * (half[0].square() + torch::expm1(half[1]) - half[1]);
}

Tensor diagonal_gaussian_log_prob(const Tensor& z, const Tensor& parameters) {
  const std::vector<Tensor> half = parameters.chunk(2, -1);
  const double log_two_pi = std::log(2 * std::numbers::pi);
  return -0.5 * (log_two_pi + half[1] + (z - half[0]).square() * torch::exp(-half[1])).sum(-1);
}

}  // namespace reference

Tensor reparameterize(const Tensor& parameters, const Tensor& eps) {
  const bool fits = are_parameters(parameters) && are_latents(eps, parameters) && !needs_gradient(eps);
  if (!can_fuse(parameters, eps) || !fits) return reference::reparameterize(parameters, eps);
  const Tensor rows = with_dense_rows(parameters);
  if (!needs_gradient(parameters)) return draw(rows, eps.contiguous());
  return Reparameterize::apply(rows, eps.contiguous());
}

Tensor kl_to_standard_normal(const Tensor& parameters) {
  if (!can_fuse(parameters) || !are_parameters(parameters)) {
    return reference::kl_to_standard_normal(parameters);
  }
  const Tensor rows = with_dense_rows(parameters);
  return needs_gradient(parameters) ? KlToStandardNormal::apply(rows) : kl(rows);
}

Tensor diagonal_gaussian_log_prob(const Tensor& z, const Tensor& parameters) {
  const bool fits = are_parameters(parameters) && are_latents(z, parameters);
  if (!can_fuse(z, parameters) || !fits) return reference::diagonal_gaussian_log_prob(z, parameters);
  const Tensor rows = with_dense_rows(parameters);
  if (!needs_gradient(z, parameters)) return log_prob(z.contiguous(), rows);
  return DiagonalGaussianLogProb::apply(z.contiguous(), rows);
}

}  // namespace vae
