#include "training/run_pictures.h"

#include <algorithm>
#include <memory>

#include "core/random.h"
#include "data/image_tensor.h"
#include "images/grid.h"
#include "model/generate.h"

namespace vae {
namespace {

constexpr int64_t kShown = 64;
constexpr int64_t kColumns = 8;

}  // namespace

Image picture_grid(const Tensor& x) {
  return grid(to_images(x.narrow(0, 0, std::min(kShown, x.size(0)))), kColumns);
}

Image sample_grid(const Vae& model, uint64_t seed) {
  Random random(seed, "shown samples");
  const Tensor labels = labels_in_turn(model, kShown);
  const Tensor z = draw_latents(model, kShown, labels, /*temperature=*/1, random);
  return picture_grid(decode_pictures(model, z, labels, Rendering::mean, random));
}

Image reconstruction_grid(const Vae& model, const Inference& inference, const Pictures& pictures,
                          uint64_t seed) {
  const Batch batch = EvaluationBatches(pictures, std::min(kShown / 2, pictures.size()), seed).get(0);
  const std::unique_ptr<Posterior> posterior = inference.infer(model, batch, seed);
  return comparison_grid(to_images(batch.x), to_images(reconstruct(model, *posterior, batch.labels)),
                         kColumns);
}

}  // namespace vae
