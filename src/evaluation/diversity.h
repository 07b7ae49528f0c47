// How much pictures of one class differ.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/tensor.h"
#include "evaluation/class_pictures.h"
#include "model/vae.h"

namespace vae {

/// Mean over the pairs of pictures [n, C, H, W] of their distance, the root mean square over channels and
/// pixels; nothing of fewer than two pictures.
std::optional<double> mean_pairwise_distance(const Tensor& pictures);

/// Mean pairwise distances within one class. A model that draws the class mean again and again has 0 as the
/// distance of means.
struct Diversity {
  std::optional<double> data = {};  // of pictures as the model sees them
  double draws = 0;                 // of draws of x, which compare with them
  double means = 0;                 // of the likelihood's means, without its noise
};

/// For each class of a conditional model, from `count` new pictures, at least 2, that are drawn `batch_size`
/// at a time as a function of `seed`, and from those that were kept of the data.
std::vector<Diversity> within_class_diversity(const Vae& model, const std::vector<ClassPictures>& data,
                                              int64_t count, int64_t batch_size, uint64_t seed);

}  // namespace vae
