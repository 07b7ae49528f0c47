// The section `data` of a config.
#pragma once

#include "config/fields.h"
#include "data/observation.h"
#include "data/source.h"
#include "data/split.h"

namespace vae {

struct DataConfig {
  SourceConfig train;
  SplitConfig validation;
  SplitConfig test;
  ObservationConfig observation;
  bool horizontal_flip = false;
  BadImages bad_images = BadImages::error;
  CacheConfig cache;
  bool operator==(const DataConfig&) const = default;
};

inline constexpr auto fields(Tag<DataConfig>) {
  return std::tuple{
      required("train", &DataConfig::train, "Pictures to learn from."),
      field("validation", &DataConfig::validation, "Pictures that choose the best weights and when to stop."),
      field("test", &DataConfig::test, "Pictures that choose nothing."),
      field("observation", &DataConfig::observation, "From bytes to x."),
      field("horizontal_flip", &DataConfig::horizontal_flip,
            "Mirrors every other training picture at random."),
      field("bad_images", &DataConfig::bad_images,
            "What is done about pictures of a folder that can't be used; all are looked at before training."),
      field("cache", &DataConfig::cache, "Where the decoded pictures of folders are kept for the next run."),
  };
}

/// The splits of a config. `threads` decode the pictures of folders.
inline Splits open_splits(const DataConfig& config, uint64_t seed, int64_t threads) {
  return open_splits(config.train, config.validation, config.test, seed,
                     {.bad_images = config.bad_images, .cache = config.cache, .threads = threads});
}

}  // namespace vae
