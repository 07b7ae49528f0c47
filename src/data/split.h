// Pictures to train on, to choose by, and to report on.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <tuple>

#include "config/fields.h"
#include "config/one_of.h"
#include "data/dataset.h"
#include "data/source.h"

namespace vae {

struct NoneConfig {
  static constexpr std::string_view kType = "none";
  static constexpr std::string_view kHelp = "No such pictures.";

  bool operator==(const NoneConfig&) const = default;
};

inline constexpr auto fields(Tag<NoneConfig>) { return std::tuple{}; }

struct FractionConfig {
  static constexpr std::string_view kType = "fraction";
  static constexpr std::string_view kHelp = "A random part of the training source, left out of training.";

  double fraction = 0.1;

  bool operator==(const FractionConfig&) const = default;
};

inline constexpr auto fields(Tag<FractionConfig>) {
  return std::tuple{
      field("fraction", &FractionConfig::fraction, open(0.0, 1.0), "Share of the training source.")};
}

using SplitConfig = OneOf<NoneConfig, FractionConfig, ShapesConfig, IdxConfig, FolderConfig>;

/// Disjoint unless the config names the same pictures twice; null where there is none.
struct Splits {
  std::shared_ptr<const Dataset> train;
  std::shared_ptr<const Dataset> validation;
  std::shared_ptr<const Dataset> test;
};

/// Fractions are taken at random from the training source, the test pictures first: they do not change when a
/// validation part is added. DataError where a part is empty, or the shapes or classes do not fit together.
Splits open_splits(const SourceConfig& train, const SplitConfig& validation, const SplitConfig& test,
                   uint64_t seed, const FolderReading& reading = {});

}  // namespace vae
