// What a run left in its folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "training/checkpoint.h"
#include "training/environment.h"
#include "training/metrics.h"

namespace vae {

/// The two sheets of an epoch, as PNG files.
struct EpochSheets {
  int64_t epoch = 0;
  std::filesystem::path samples;
  std::filesystem::path reconstructions;
};

struct RunRecord {
  std::string name;  // of the folder
  std::filesystem::path path;
  Config config;
  Checkpoint checkpoint;  // the best, else the last
  std::vector<MetricsRow> rows;
  std::vector<EpochSheets> sheets;  // in the order of epochs
  std::optional<Environment> environment = {};

  int64_t last_step() const { return rows.empty() ? 0 : rows.back().step; }
  int64_t last_epoch() const { return rows.empty() ? 0 : rows.back().epoch; }
  double steps_per_epoch() const;

  /// In training alone, by the speed that was measured on the way.
  double training_seconds() const;
  std::optional<double> median_speed() const;  // pictures per second

  /// The last validation row up to the checkpoint's step; null where nothing was validated.
  const MetricsRow* validation() const;
};

/// CheckpointError where `path` is no folder of a run, or holds no checkpoint yet.
RunRecord read_run(const std::filesystem::path& path);

}  // namespace vae
