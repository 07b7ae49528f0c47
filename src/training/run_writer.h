// What a run writes while it goes on: metrics, events, pictures and the log.
#pragma once

#include <span>

#include "config/flatten.h"
#include "core/log.h"
#include "images/image.h"
#include "training/events.h"
#include "training/metrics.h"
#include "training/run_folder.h"

namespace vae {

class RunWriter {
 public:
  /// Goes on behind what the folder holds up to and including `step`; what is later there is dropped.
  explicit RunWriter(const RunFolder& folder, int64_t step = 0);

  const RunFolder& folder() const { return folder_; }

  /// The same row to metrics.jsonl and, as scalars named "split/quantity", to TensorBoard's events.
  void row(const MetricsRow& row);

  /// What the run is compared by, once at its start.
  void hyper_parameters(std::span<const FlatValue> values);

  /// Histograms of means of latents, [pictures, dimensions]: of all together and, of not too many, of each.
  void latents(int64_t step, int64_t dimensions, std::span<const float> means);

  /// Both sheets as PNG files under the epoch's number, and as events.
  void pictures(int64_t epoch, int64_t step, const Image& samples, const Image& reconstructions);

  void flush() { events_.flush(); }

 private:
  RunFolder folder_;
  LogFile log_;
  MetricsFile metrics_;
  EventWriter events_;
};

}  // namespace vae
