#include "training/restore.h"

#include <ATen/Parallel.h>

#include <utility>

#include "core/error.h"
#include "data/labelled.h"
#include "data/memory.h"
#include "objectives/inferences.h"

namespace vae {

std::shared_ptr<const Inference> restore_inference(const Checkpoint& checkpoint, const Vae& model) {
  return make_inference(checkpoint.config.inference, checkpoint.config.model, model, /*pictures=*/0);
}

Pictures observe(std::shared_ptr<const Dataset> source, const Checkpoint& checkpoint, const Vae& model) {
  if (source->shape() != model.picture()) {
    throw DataError("{}: the model was trained on pictures of {}, these are {}; scale them to that size",
                    checkpoint.path.string(), to_string(model.picture()), to_string(source->shape()));
  }
  if (model.classes() > 0) source = std::make_shared<Labelled>(source, checkpoint.pictures.classes);
  return Pictures(with_stored_pixels(std::move(source), at::get_num_threads()),
                  checkpoint.config.data.observation,
                  {model.options().device(), model.options().dtype().toScalarType()});
}

}  // namespace vae
