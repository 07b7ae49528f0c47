#include "evaluation/class_pictures.h"

#include <algorithm>

#include "data/image_tensor.h"
#include "images/grid.h"
#include "model/generate.h"

namespace vae {
namespace {

void add(ClassPictures& pictures, const Tensor& x, int64_t most) {
  pictures.mean += x.sum(0);
  pictures.count += x.size(0);
  const int64_t wanted = std::min(most - pictures.first.size(0), x.size(0));
  if (wanted > 0) pictures.first = torch::cat({pictures.first, x.slice(0, 0, wanted)});
}

}  // namespace

std::vector<ClassPictures> pictures_by_class(const EvaluationBatches& batches, int64_t classes,
                                             int64_t most) {
  std::vector<ClassPictures> result(static_cast<size_t>(classes));
  for (int64_t i = 0; i < batches.count(); ++i) {
    const Batch batch = batches.get(i);
    for (int64_t label = 0; label < classes; ++label) {
      ClassPictures& pictures = result[static_cast<size_t>(label)];
      if (i == 0) {
        pictures.mean = torch::zeros_like(batch.x[0]);
        pictures.first = batch.x.slice(0, 0, 0);
      }
      add(pictures, batch.x.index_select(0, (batch.labels == label).nonzero().flatten()), most);
    }
  }
  for (ClassPictures& pictures : result) {
    pictures.mean /= static_cast<double>(std::max<int64_t>(pictures.count, 1));
  }
  return result;
}

Image class_sheet(const Vae& model, const std::vector<ClassPictures>& data, int64_t samples, uint64_t seed) {
  const auto index = torch::TensorOptions(model.options().device()).dtype(torch::kLong);
  Random latents(seed, "class sheet latents");
  Random pixels(seed, "class sheet pixels");
  std::vector<Tensor> rows;
  for (size_t label = 0; label < data.size(); ++label) {
    const Tensor labels = torch::full({samples}, static_cast<int64_t>(label), index);
    const Tensor z = draw_latents(model, samples, labels, /*temperature=*/1, latents);
    rows.push_back(data[label].mean.unsqueeze(0));
    rows.push_back(decode_pictures(model, z, labels, Rendering::mean, pixels));
  }
  return grid(to_images(torch::cat(rows)), 1 + samples);
}

}  // namespace vae
