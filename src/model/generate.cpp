#include "model/generate.h"

#include "core/error.h"

namespace vae {

Tensor draw_latents(const Vae& model, int64_t count, const Tensor& labels, double temperature,
                    Random& random) {
  const torch::NoGradGuard no_grad;
  if (temperature != 1 && !model.posterior().latent_space().is_real()) {
    throw UsageError(
        "--temperature: the model's latents are categories, which nothing scales; leave it at 1");
  }
  return temperature * model.prior().sample(count, labels, random, model.options());
}

Tensor labels_in_turn(const Vae& model, int64_t count) {
  if (model.classes() == 0) return {};
  return torch::arange(count, torch::TensorOptions(model.options().device()).dtype(torch::kLong))
      .remainder(model.classes());
}

Tensor labels_of_each_class(const Vae& model, int64_t count) {
  if (model.classes() == 0) return {};
  return torch::arange(model.classes(), torch::TensorOptions(model.options().device()).dtype(torch::kLong))
      .repeat_interleave(count);
}

Tensor decode_means(const Vae& model, const Tensor& z, const Tensor& labels) {
  const torch::NoGradGuard no_grad;
  return model.likelihood().mean(model.decode(z, labels)).clamp(0, 1);
}

Tensor decode_pictures(const Vae& model, const Tensor& z, const Tensor& labels, Rendering rendering,
                       Random& random) {
  if (rendering == Rendering::mean) return decode_means(model, z, labels);
  const torch::NoGradGuard no_grad;
  return model.likelihood().sample(model.decode(z, labels), random).clamp(0, 1);
}

Tensor reconstruct(const Vae& model, const Posterior& posterior, const Tensor& labels) {
  const torch::NoGradGuard no_grad;
  return decode_means(model, posterior.mean(), labels);
}

}  // namespace vae
