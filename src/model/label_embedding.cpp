#include "model/label_embedding.h"

#include "core/noise.h"

namespace vae {

LabelEmbedding::LabelEmbedding(int64_t classes, int64_t size)
    : weight(register_parameter("weight", torch::zeros({classes, size}))) {}

void LabelEmbedding::initialize(Random random) {
  const torch::NoGradGuard no_grad;
  weight.copy_(normal(random, weight.sizes(), weight.options()));
}

}  // namespace vae
