#include "report/model_view.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "core/error.h"
#include "data/image_tensor.h"
#include "data/subset.h"
#include "evaluation/traversal.h"
#include "images/grid.h"
#include "images/resize.h"
#include "model/generate.h"
#include "training/restore.h"

namespace vae {
namespace {

constexpr int64_t kPictures = 1000;  // enough for a plot, and done in seconds
constexpr int64_t kBatch = 100;
constexpr int64_t kThumbnailSide = 28;  // pixels at most: a thousand of them go into the page
constexpr int64_t kThumbnailColumns = 40;
constexpr size_t kSweptLatents = 12;
constexpr int64_t kSweepSteps = 11;
constexpr double kSweepDeviations = 2.5;

struct Part {
  std::string split;
  std::shared_ptr<const Dataset> dataset;
};

Part choose_part(const Checkpoint& checkpoint) {
  const Splits splits = open_splits(checkpoint.config.data, checkpoint.config.seed, at::get_num_threads());
  const Part part = splits.validation ? Part{"validation", splits.validation}
                    : splits.test     ? Part{"test", splits.test}
                                      : Part{"training", splits.train};
  if (part.dataset->shape() == checkpoint.pictures.shape()) return part;
  throw DataError("data: the {} pictures have another size than those that {} was trained on", part.split,
                  checkpoint.path.string());
}

// Evenly over the whole: pictures of a folder come class by class.
std::shared_ptr<const Dataset> thinned(const std::shared_ptr<const Dataset>& source) {
  const int64_t count = std::min(source->size(), kPictures);
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < count; ++i) indices.push_back(i * source->size() / count);
  return std::make_shared<Subset>(source, std::move(indices));
}

Image picture_of(const Dataset& dataset, int64_t index) {
  const PictureShape shape = dataset.shape();
  Image image = {.width = shape.width,
                 .height = shape.height,
                 .channels = shape.channels,
                 .pixels = std::vector<uint8_t>(static_cast<size_t>(shape.elements()))};
  dataset.get(index, image.pixels);
  return image;
}

Thumbnails thumbnails_of(const Dataset& dataset) {
  const PictureShape shape = dataset.shape();
  const double scale = std::min(
      1.0, static_cast<double>(kThumbnailSide) / static_cast<double>(std::max(shape.width, shape.height)));
  const auto scaled = [scale](int64_t side) {
    return std::max<int64_t>(1, std::llround(scale * static_cast<double>(side)));
  };
  Thumbnails result = {.sheet = {},
                       .columns = kThumbnailColumns,
                       .width = scaled(shape.width),
                       .height = scaled(shape.height)};
  std::vector<Image> pictures;
  for (int64_t i = 0; i < dataset.size(); ++i) {
    pictures.push_back(resize(picture_of(dataset, i), result.width, result.height, Resampling::area));
  }
  result.sheet = grid(pictures, result.columns, /*gap=*/0);
  return result;
}

std::vector<SweptLatent> sweep_latents(const Vae& model, const Tensor& start, const Tensor& label,
                                       const ModelView& view) {
  std::vector<SweptLatent> sweeps;
  if (!model.posterior().latent_space().is_real()) return sweeps;
  const size_t count = std::min(view.order.size(), kSweptLatents);
  for (const int64_t position : std::span(view.order).first(count)) {
    const LatentDimension& latent = view.evaluation.latents[static_cast<size_t>(position)];
    const double reach = kSweepDeviations * latent.deviation;
    const Sweep sweep =
        sweep_dimension(start, position, latent.mean - reach, latent.mean + reach, kSweepSteps);
    const Tensor pictures = decode_means(model, sweep.z, label.defined() ? label.repeat(kSweepSteps) : label);
    sweeps.push_back({.position = position,
                      .low = sweep.from,
                      .high = sweep.to,
                      .strip = grid(to_images(pictures), kSweepSteps)});
  }
  return sweeps;
}

}  // namespace

ModelView look_at_model(const Checkpoint& checkpoint) {
  const std::shared_ptr<const Vae> model = restore_model(checkpoint, torch::kCPU);
  const std::shared_ptr<const Inference> inference = restore_inference(checkpoint, *model);
  const uint64_t seed = checkpoint.config.seed;
  const Part part = choose_part(checkpoint);
  const Pictures pictures = observe(thinned(part.dataset), checkpoint, *model);
  const EvaluationBatches batches(pictures, std::min(kBatch, pictures.size()), seed);
  const Dataset& dataset = pictures.dataset();

  ModelView view;
  view.split = part.split;
  view.available = part.dataset->size();
  view.evaluation = evaluate_model(*model, *inference, batches, /*samples=*/1, seed);
  view.classes = dataset.classes();
  view.thumbnails = thumbnails_of(dataset);
  for (const Tensor& parameter : model->parameters()) view.parameters += parameter.numel();
  for (int64_t i = 0; i < dataset.size(); ++i) {
    view.names.push_back(dataset.name(i));
    view.labels.push_back(dataset.label(i));
  }
  view.bits = bits_per_dimension(model->likelihood().base_measure(), checkpoint.config.data.observation,
                                 checkpoint.state.best_bound.value_or(view.evaluation.elbo.value),
                                 model->picture().elements());
  view.order = by_activity(view.evaluation.latents);
  view.plane = principal_plane(view.evaluation.means);
  const Tensor label = model->classes() > 0 ? batches.get(0).labels.slice(0, 0, 1) : Tensor();
  view.sweeps = sweep_latents(*model, view.evaluation.means[0].to(model->options()), label, view);
  return view;
}

}  // namespace vae
