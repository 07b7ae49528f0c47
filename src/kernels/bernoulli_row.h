// The Bernoulli density of one picture.
#pragma once

#include <cstdint>

namespace vae {

/// Pixels x with logits `logits` + `bias`, or `logits` where `bias` is null.
struct BernoulliRow {
  const float *x, *logits, *bias;
  int64_t count;
};

/// Sum of log Bernoulli(x; sigmoid(logits)), in nats. Its derivatives by the logits go to `derivative`, where
/// that is not null; it may be where the logits are.
float log_prob_of(const BernoulliRow& row, float* derivative);

}  // namespace vae
