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
  };
}

}  // namespace vae
