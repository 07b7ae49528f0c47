// Where decoded pictures are kept from one run to the next.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <tuple>

#include "config/fields.h"
#include "config/one_of.h"

namespace vae {

struct AutoCache {
  static constexpr std::string_view kType = "auto";
  static constexpr std::string_view kHelp =
      "In $XDG_CACHE_HOME/vae or ~/.cache/vae; where that can't be written, in memory.";
  bool operator==(const AutoCache&) const = default;
};

inline constexpr auto fields(Tag<AutoCache>) { return std::tuple{}; }

struct FolderCache {
  static constexpr std::string_view kType = "folder";
  static constexpr std::string_view kHelp = "In a folder of your choice.";
  std::filesystem::path path;
  bool operator==(const FolderCache&) const = default;
};

inline constexpr auto fields(Tag<FolderCache>) {
  return std::tuple{required("path", &FolderCache::path, "Made where it does not exist.")};
}

struct NoCache {
  static constexpr std::string_view kType = "off";
  static constexpr std::string_view kHelp =
      "Nowhere: every run decodes all pictures and keeps them in memory.";
  bool operator==(const NoCache&) const = default;
};

inline constexpr auto fields(Tag<NoCache>) { return std::tuple{}; }

using CacheConfig = OneOf<AutoCache, FolderCache, NoCache>;

/// The folder of the cache files; nothing where there are to be none, or no one says where.
std::optional<std::filesystem::path> cache_folder(const CacheConfig& config);

}  // namespace vae
