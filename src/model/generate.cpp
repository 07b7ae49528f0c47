#include "model/generate.h"

namespace vae {

Tensor draw_latents(const Vae& model, int64_t count, double temperature, Random& random) {
  return temperature * model.prior().sample(count, random, model.options());
}

Tensor decode_pictures(const Vae& model, const Tensor& z, Rendering rendering, Random& random) {
  const torch::NoGradGuard no_grad;
  const Tensor parameters = model.decode(z);
  const Likelihood& likelihood = model.likelihood();
  const Tensor x =
      rendering == Rendering::mean ? likelihood.mean(parameters) : likelihood.sample(parameters, random);
  return x.clamp(0, 1);
}

Tensor reconstruct(const Vae& model, const Tensor& x) {
  const torch::NoGradGuard no_grad;
  return model.likelihood().mean(model.decode(model.encode(x)->mean())).clamp(0, 1);
}

}  // namespace vae
