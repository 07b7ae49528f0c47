// Keys of config structs that had another name in the version before.
#pragma once

#include "config/node.h"

#include <span>
#include <string>
#include <string_view>

namespace vae {

/// A struct that has such keys has a table of them beside its fields,
///   inline constexpr auto renamed(Tag<AdamConfig>) { return std::array{Renamed{"lr", "learning_rate"}}; }
/// Old names are taken with a warning, in files, overrides and checkpoints, until the row is removed in the
/// version after.
struct Renamed {
  std::string_view from;
  std::string_view to;
};

}  // namespace vae

namespace vae::detail {

/// The object with each key under its present name, having warned of every old one. UsageError where a key is
/// given under both.
Node with_present_names(const Node& object, const std::string& path, std::span<const Renamed> table);

}  // namespace vae::detail
