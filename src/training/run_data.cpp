#include "training/run_data.h"

#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "data/content_digest.h"
#include "data/labelled.h"

namespace vae {
namespace {

/// How many pictures of each class there are.
std::vector<int64_t> count_classes(const Dataset& dataset) {
  std::vector<int64_t> counts(dataset.classes().size());
  for (int64_t i = 0; i < dataset.size(); ++i) {
    const int64_t label = dataset.label(i);
    if (label != kNoLabel) ++counts[static_cast<size_t>(label)];
  }
  return counts;
}

}  // namespace

Splits open_splits(const Config& config, int64_t threads) {
  Splits splits = open_splits(config.data, config.seed, threads);
  if (config.model.condition) {
    const std::vector<std::string> classes = splits.train->classes();
    splits.train = std::make_shared<Labelled>(splits.train, classes);
    if (splits.validation) splits.validation = std::make_shared<Labelled>(splits.validation, classes);
  }
  return splits;
}

PictureDescription describe(const Dataset& training, const Inference& inference) {
  const PictureShape shape = training.shape();
  PictureDescription result = {.channels = shape.channels,
                               .height = shape.height,
                               .width = shape.width,
                               .count = training.size(),
                               .classes = training.classes(),
                               .class_counts = count_classes(training)};
  if (inference.knows_pictures()) result.digest = to_string(content_digest(training));
  return result;
}

void require_same(PictureDescription now, const PictureDescription& then) {
  if (then.class_counts.empty()) now.class_counts.clear();  // the checkpoint does not tell
  if (now == then) return;
  if (now.count == then.count && now.shape() == then.shape() && now.digest != then.digest) {
    throw DataError(
        "data.train: other pictures than those the run began with, of each of which it keeps parameters "
        "(inference); bring the data back, or start a new run");
  }
  throw DataError(
      "data.train: {} pictures of {}x{}x{}, but the run began with {} of {}x{}x{} or with other classes; "
      "bring the data back, or start a new run",
      now.count, now.channels, now.height, now.width, then.count, then.channels, then.height, then.width);
}

}  // namespace vae
