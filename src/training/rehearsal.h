// A few steps of a training, to know what all of them take; nothing is written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "training/config.h"

namespace vae {

struct ModuleSize {
  std::string name;  // encoder.mlp.hidden0
  int64_t parameters = 0;
};

/// In bytes.
struct MemoryNeed {
  int64_t weights = 0;
  int64_t gradients = 0;
  int64_t optimizer = 0;
  int64_t average = 0;      // of the weights, where one is kept
  int64_t posteriors = 0;   // what the inference keeps of each picture
  int64_t activations = 0;  // the most that a step held beside these: activations and what operations need
  int64_t pictures = 0;     // those of training, as bytes

  int64_t total() const {
    return weights + gradients + optimizer + average + posteriors + activations + pictures;
  }
};

struct Rehearsal {
  PictureShape shape;
  int64_t training = 0, validation = 0, test = 0;  // pictures
  std::vector<std::string> classes;
  std::vector<ModuleSize> modules;
  MemoryNeed memory;
  int64_t steps_per_epoch = 0;
  int64_t steps = 0;  // in all
  double seconds_per_step = 0;
  int64_t timed_steps = 0;
  std::string device;

  int64_t parameters() const;
  double seconds() const { return seconds_per_step * static_cast<double>(steps); }
};

/// Reads the data without a cache, builds the model and takes a few steps. The errors of a training's start.
Rehearsal rehearse(const Config& config);

}  // namespace vae
