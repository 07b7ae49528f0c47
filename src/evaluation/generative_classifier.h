// A class-conditional model as a classifier.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/batches.h"
#include "evaluation/confusion.h"
#include "model/vae.h"
#include "objectives/inference.h"

namespace vae {

/// What is told with K draws of z for each picture and class.
struct GenerativeClassification {
  int64_t samples = 1;  // K
  Confusion confusion;
};

/// log p(y) from how many training pictures there are of each class, -inf where there is none; uniform where
/// `counts` is empty: [classes], on the CPU.
Tensor log_class_frequencies(std::span<const int64_t> counts, int64_t classes);

/// argmax_y log p(x | y) + log p(y), by Bayes' rule, where the importance-weighted bound (Burda et al. 2016,
/// equation 8) stands for log p(x | y), for each K of `samples`, which ascend. Of equals the first class is
/// told. All classes see the same noise, a function of (seed, the picture's position, k); one class and one
/// draw is in memory at a time. UsageError for a model that is not conditioned on classes.
std::vector<GenerativeClassification> classify(const Vae& model, const Inference& inference,
                                               const EvaluationBatches& batches,
                                               const Tensor& log_frequencies,
                                               std::span<const int64_t> samples, uint64_t seed);

}  // namespace vae
