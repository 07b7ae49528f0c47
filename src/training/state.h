// What a checkpoint knows beside tensors and config.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/fields.h"
#include "data/dataset.h"

namespace vae {

/// Where training stands. Every random stream is a function of the seed and of these counters.
struct TrainingState {
  int64_t step = 0;                  // optimizer steps taken, skipped ones included
  int64_t epoch = 0;                 // whole epochs behind us
  int64_t position = 0;              // batches taken of the epoch under way
  std::optional<double> best_bound;  // on the validation pictures
  int64_t best_epoch = 0;
  int64_t bad_steps = 0;  // since the first of those in a row, see DivergenceWatch
  int64_t rollbacks = 0;
  bool operator==(const TrainingState&) const = default;
};

inline constexpr auto fields(Tag<TrainingState>) {
  return std::tuple{
      field("step", &TrainingState::step, non_negative, "Optimizer steps taken."),
      field("epoch", &TrainingState::epoch, non_negative, "Whole epochs done."),
      field("position", &TrainingState::position, non_negative, "Batches taken of the epoch under way."),
      field("best_bound", &TrainingState::best_bound,
            "Best bound on the validation pictures so far, in nats."),
      field("best_epoch", &TrainingState::best_epoch, non_negative, "The epoch that reached it."),
      field("bad_steps", &TrainingState::bad_steps, non_negative, "Bad steps in a row, up to this one."),
      field("rollbacks", &TrainingState::rollbacks, non_negative, "How often training has gone back."),
  };
}

/// What the pictures of a run were.
struct PictureDescription {
  int64_t channels = 1;
  int64_t height = 1;
  int64_t width = 1;
  int64_t count = 0;  // for training
  std::vector<std::string> classes;
  std::vector<int64_t> class_counts = {};  // training pictures of each; empty in checkpoints that do not tell
  std::optional<std::string> digest = {};  // of them all, where the run keeps something of each

  PictureShape shape() const { return {channels, height, width}; }
  bool operator==(const PictureDescription&) const = default;
};

inline constexpr auto fields(Tag<PictureDescription>) {
  return std::tuple{
      required("channels", &PictureDescription::channels, closed(1, 4096), "Channels."),
      required("height", &PictureDescription::height, closed(1, 1 << 20), "Rows."),
      required("width", &PictureDescription::width, closed(1, 1 << 20), "Columns."),
      field("count", &PictureDescription::count, non_negative, "Training pictures."),
      field("classes", &PictureDescription::classes, "Names of the classes, in the order of the labels."),
      field("class_counts", &PictureDescription::class_counts, non_negative,
            "Training pictures of each class; empty where it is not known."),
      field("digest", &PictureDescription::digest,
            "Fingerprint of the training pictures, where something of each is kept; else null."),
  };
}

inline std::optional<std::string> check(const PictureDescription& pictures) {
  if (pictures.class_counts.empty() || pictures.class_counts.size() == pictures.classes.size()) {
    return std::nullopt;
  }
  return "class_counts: expected none, or one for each class";
}

}  // namespace vae
