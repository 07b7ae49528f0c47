// Telling pictures that are unlike the others by what a model makes of them.
#pragma once

#include <cstdint>

#include "core/progress.h"
#include "data/batches.h"
#include "model/vae.h"
#include "objectives/inference.h"

namespace vae {

/// Of each picture, in nats: float64, [pictures], on the CPU.
struct PictureScores {
  Tensor bound;  // on log p(x): the ELBO for one draw of z, else the importance-weighted bound
  Tensor reconstruction;
  Tensor kl;
};

/// With K = `samples` draws of z for each picture, as a function of `seed`.
PictureScores score_pictures(const Vae& model, const Inference& inference, const EvaluationBatches& batches,
                             int64_t samples, uint64_t seed, const Progress& progress = ignore_progress);

/// The largest of the scores that no more than the share `rate` of them lie below, 0 <= rate < 1.
double threshold_at_rate(const Tensor& scores, double rate);

/// The area under the receiver operating characteristic of "low means outlier": the probability that an
/// outlier, `is_outlier` [pictures], bool, scores lower than another picture, ties counted half (Mann and
/// Whitney 1947). UsageError where there are no outliers, or nothing else.
double area_under_curve(const Tensor& scores, const Tensor& is_outlier);

}  // namespace vae
