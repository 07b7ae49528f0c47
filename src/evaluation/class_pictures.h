// The pictures of a data set, class by class.
#pragma once

#include <cstdint>
#include <vector>

#include "data/batches.h"
#include "images/image.h"
#include "model/vae.h"

namespace vae {

/// Pictures of one class as the model sees them.
struct ClassPictures {
  int64_t count = 0;  // in the data set
  Tensor mean;        // [C, H, W]: all that a regression from class to picture could draw; 0 of no pictures
  Tensor first;       // [n, C, H, W]: some, in the order of the data set
};

/// For each class, with up to `most` of its pictures.
std::vector<ClassPictures> pictures_by_class(const EvaluationBatches& batches, int64_t classes, int64_t most);

/// A row for each class of a conditional model: its mean picture in the data, then `samples` new pictures,
/// the likelihood's means, as a function of `seed`.
Image class_sheet(const Vae& model, const std::vector<ClassPictures>& data, int64_t samples, uint64_t seed);

}  // namespace vae
